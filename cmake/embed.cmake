# SPDX-License-Identifier: Apache-2.0
# Writes OUT, a C file with every template of DIR, net.h and train.h, and report.css, as byte arrays,
# and a table by name.
file(GLOB files ${DIR}/*.t)
list(SORT files)
list(APPEND files ${DIR}/../include/mnc/net.h ${DIR}/../include/mnc/train.h
     ${DIR}/report.css)
set(text "/* made by cmake/embed.cmake */\n#include \"backend/tmpl.h\"\n\n")
set(table "")
set(i 0)
foreach(f ${files})
    file(READ ${f} hex HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
    string(APPEND text "static const unsigned char t${i}[] = {\n${hex}0\n};\n")
    get_filename_component(name ${f} NAME)
    string(APPEND table "    { \"${name}\", (const char *)t${i}, sizeof t${i} - 1 },\n")
    math(EXPR i "${i} + 1")
endforeach()
string(APPEND text "\nconst TmplFile tmpl_files[] = {\n${table}    { 0, 0, 0 }\n};\n")
file(WRITE ${OUT} "${text}")
