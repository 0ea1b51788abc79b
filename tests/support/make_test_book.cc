// Compiles data/ once for all tests: make_test_book DATA OUT. Fails with the findings, if any.
#include <cstdio>
#include <fstream>

#include "translator/book_builder.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const absl::StatusOr<signalbook::BuiltBook> built =
      signalbook::BuildBook(argv[1], {.name = "test", .version = "test"});
  if (!built.ok()) {
    std::fprintf(stderr, "%s\n", built.status().ToString().c_str());
    return 1;
  }
  for (const signalbook::Finding& finding : built->findings) {
    std::fprintf(stderr, "%s\n", ToString(finding).c_str());
  }
  if (built->image.empty()) return 1;
  std::ofstream out(argv[2], std::ios::binary);
  return out << built->image && out.flush() ? 0 : 1;
}
