# SPDX-License-Identifier: Apache-2.0
# mnc check: stored outputs, the reference, layers, and what it says when something differs.
. "$(dirname "$0")/lib.sh"
tiny
expect 0 "$mnc" check tiny.mnet
has out "random input  y  float32 (1,4)  abs "
has out "1 output compared, all within tolerance"
expect 0 "$mnc" check --layers tiny.mnet
has out "layers compared, all within tolerance"
expect 0 "$mnc" check -O0 tiny.mnet
expect 0 "$mnc" check -O0 --layers tiny.mnet
has out "layers compared, all within tolerance"
expect 0 "$mnc" check --json tiny.mnet
has out '"ok": true'
has out '"schema": 1'

# a TensorProto: dims, float, raw_data.  Its bytes: 08 N = dimension, 10 01 = float, 4a N = raw
mkdir test_data_set_0
printf '\010\1\010\3\010\2\010\2\020\1\112\060' >test_data_set_0/input_0.pb
printf "$one$one$one$one$two$two$two$two$zero$zero$zero$zero" >>test_data_set_0/input_0.pb
printf '\010\1\010\4\020\1\112\020'"$one"'\0\0\040\100'"$zero$three" >test_data_set_0/output_0.pb
expect 0 "$mnc" check tiny.mnet
is out <<'EOF'
test_data_set_0  y  float32 (1,4)  abs 0  rel 0  ulp 0  ok
1 output compared, all within tolerance
EOF
cp -r test_data_set_0 test_data_set_1
printf '\010\1\010\4\020\1\112\020'"$one"'\0\0\040\100'"$zero$two" >test_data_set_1/output_0.pb
expect 3 "$mnc" check tiny.mnet
is out <<'EOF'
test_data_set_0  y  float32 (1,4)  abs 0  rel 0  ulp 0  ok
test_data_set_1  y  float32 (1,4)  abs 1  rel 0.5  ulp 4194304  OUTSIDE at 1 of 4, worst at (0,3): 3 instead of 2
1 of 2 outputs outside the tolerance of 0.00025 + 0 * |expected|
EOF
expect 0 "$mnc" check tiny.mnet --data=test_data_set_0
expect 3 "$mnc" check tiny.mnet --data=test_data_set_1 --json
has out '"outside": 1'
has out '"ok": false'
expect 0 "$mnc" check tiny.mnet --atol=1
expect 3 "$mnc" check tiny.mnet --rtol=0.4
expect 0 "$mnc" check tiny.mnet --rtol=0.5
mkdir elsewhere
mv test_data_set_1 elsewhere
expect 3 "$mnc" check tiny.mnet --data=test_data_set_0 --data=elsewhere
# with --layers the stored input goes through the net and the reference
expect 0 "$mnc" check tiny.mnet --layers

expect 2 "$mnc" check
has err "check takes one model, not 0"
expect 2 "$mnc" check tiny.mnet --atol=-1
has err "--atol is a number, not '-1'"
expect 2 "$mnc" check tiny.mnet --rtol=inf
expect 1 "$mnc" check tiny.mnet --data=none
is err <<'EOF'
none: error: is no test data set: there is no output_0.pb in it
EOF
printf '\010\1\010\4\020\1\112\020'"$one$two" >elsewhere/test_data_set_1/output_0.pb
expect 1 "$mnc" check tiny.mnet --data=elsewhere
is err <<'EOF'
elsewhere/test_data_set_1/output_0.pb: error: is not a tensor that can be read: it is no protobuf message, or one that is damaged
EOF
printf '\010\1\010\2\020\1\112\010'"$one$two" >elsewhere/test_data_set_1/output_0.pb
expect 1 "$mnc" check tiny.mnet --data=elsewhere
is err <<'EOF'
elsewhere/test_data_set_1/output_0.pb: error: is float32 of shape (1,2), but the net's 'y' is float32 of shape (1,4)
EOF
cp test_data_set_0/input_0.pb test_data_set_0/input_1.pb
expect 1 "$mnc" check tiny.mnet
is err <<'EOF'
test_data_set_0: error: has 2 inputs, but the net has 1
EOF

# a kernel that is wrong: the layer that computes with it is named, not those behind it
rm -r test_data_set_0
mkdir broken
sed 's/${START}/1 + ${START}/' "$MNC_TEMPLATES/reduce.c.t" >broken/reduce.c.t
expect 3 "$mnc" check tiny.mnet --templates=broken
expect 3 "$mnc" check tiny.mnet --templates=broken --layers
has out "1 of 2 layers deviate, 'y' first"
