" SPDX-License-Identifier: Apache-2.0
" Vim syntax of mnet(5) files.  Copy to ~/.vim/syntax/mnet.vim, and in ~/.vim/filetype.vim:
"     au BufRead,BufNewFile *.mnet setfiletype mnet
if exists("b:current_syntax")
    finish
endif

syn match   mnetComment  "#.*$"
syn match   mnetNumber   "\<\d\+\(\.\d*\)\?\([eE][-+]\?\d\+\)\?\>"
syn match   mnetKey      "\<\h[[:alnum:]_.]*\ze=[^=]"
syn match   mnetFunction "\<\h[[:alnum:]_.]*\ze("
syn region  mnetName     start=+"+ end=+"+ oneline
syn match   mnetFile     "@\S\+"
syn keyword mnetControl  repeat for in if else block and or
syn keyword mnetState    name output freeze
syn keyword mnetData     input param const state
syn keyword mnetType     f16 f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 bool
syn keyword mnetLayer    conv conv_transpose dense matmul batch_norm instance_norm layer_norm lrn
syn keyword mnetLayer    add sub mul div concat split slice reshape transpose pad gather resize
syn keyword mnetLayer    max_pool avg_pool global_avg_pool reduce_mean reduce_sum softmax flatten
syn keyword mnetLayer    depthwise pointwise separable
syn keyword mnetWord     bn relu relu6 hard_swish hard_sigmoid sigmoid silu tanh gelu none bias
syn keyword mnetWord     nobias same same_lower
syn keyword mnetWord     he_normal he_uniform lecun_normal lecun_uniform glorot_normal
syn keyword mnetWord     glorot_uniform
syn keyword mnetConstant inf nan

hi def link mnetComment  Comment
hi def link mnetNumber   Number
hi def link mnetKey      Identifier
hi def link mnetFunction Function
hi def link mnetName     String
hi def link mnetFile     String
hi def link mnetControl  Statement
hi def link mnetState    Statement
hi def link mnetData     StorageClass
hi def link mnetType     Type
hi def link mnetLayer    Keyword
hi def link mnetWord     Special
hi def link mnetConstant Constant

let b:current_syntax = "mnet"
