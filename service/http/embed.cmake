# Writes the FILES as a table in C++ (console_files.h) to OUTPUT.
# cmake -DFILES=a.html;b.js -DOUTPUT=console_data.cc -P embed.cmake
set(arrays "")
set(rows "")
set(index 0)
foreach(file IN LISTS FILES)
  file(READ ${file} hex HEX)
  file(SIZE ${file} size)
  get_filename_component(name ${file} NAME)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  # One byte more than `size`: C++ has no empty arrays.
  string(APPEND arrays "const unsigned char kFile${index}[] = {${bytes}0};\n")
  string(APPEND rows "      {\"${name}\", kFile${index}, ${size}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT} "// Written by service/http/embed.cmake.
#include \"service/http/console_files.h\"

namespace signalbook {
namespace {
${arrays}}  // namespace

const std::vector<EmbeddedFile>& EmbeddedFiles() {
  static const auto* const files = new std::vector<EmbeddedFile>{
${rows}  };
  return *files;
}

}  // namespace signalbook
")
