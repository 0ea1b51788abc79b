// Any text: what is not UTF-8 never gets as far as segmentation.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/support/invariants.h"
#include "translator/normalize.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto message =
      signalbook::Normalize(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!message.ok()) return -1;  // keep out of the corpus
  if (const auto broken = signalbook::BrokenBySegmentText(message->text())) {
    std::fprintf(stderr, "%s\n", broken->c_str());
    std::abort();
  }
  return 0;
}
