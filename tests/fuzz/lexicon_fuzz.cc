// Any bytes as the image of a lexicon: View takes them or not, and what it takes can be asked anything
// without a crash.
//
// Input: one byte. 0: the rest is the image. Otherwise the rest damages a small valid one: four bytes
// a change, its place (two bytes, little-endian), what to do with the byte there, and with what.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "translator/decoded_text.h"
#include "translator/lexical_units.h"
#include "translator/lexicon.h"

namespace {

using signalbook::LexicalUnits;
using signalbook::Lexicon;
using signalbook::LexiconSide;

void Require(bool holds) {
  if (!holds) std::abort();
}

LexicalUnits UnitsOf(std::string_view text) {
  return signalbook::FindLexicalUnits(*signalbook::DecodedText::Decode(text));
}

std::string SmallImage() {
  signalbook::LexiconTable table;
  table.sizes[0].sides = {
      {{{"house", 10}, {"red", 5}, {"the", 100}}, {{"casa", 10}, {"la", 80}, {"roja", 3}}}};
  table.sizes[0].links = {{0, 0, 95}, {0, 1, 0.5F}, {1, 2, 60}, {2, 1, 4}};
  table.sizes[1].sides = {{{{"hous", 10}}, {{"casa", 12}}}};
  table.sizes[1].links = {{0, 0, 80}};
  for (int i = 0; i < signalbook::lexical_features::kCount; ++i) table.weights[i] = 0.5F;
  return WriteLexicon(table);
}

std::string Damage(std::string_view changes) {
  static const std::string& small = *new std::string(SmallImage());
  std::string image = small;
  for (; changes.size() >= 4; changes.remove_prefix(4)) {
    const auto byte = [&](size_t i) { return static_cast<uint8_t>(changes[i]); };
    const size_t at = (byte(0) | byte(1) << 8) % (image.size() + 1);
    switch (byte(2) % 4) {
      case 0:
        if (at < image.size()) image[at] = changes[3];
        break;
      case 1:
        if (at < image.size()) image[at] = static_cast<char>(image[at] ^ changes[3]);
        break;
      case 2:
        image.resize(at);
        break;
      default:
        image.insert(at, byte(3), changes[3]);
        break;
    }
  }
  return image;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string image = data[0] == 0 ? std::string(rest) : Damage(rest);
  // A buffer of exactly these bytes: a sanitizer sees a read behind it.
  const std::unique_ptr<char[]> bytes(new char[image.size()]);
  std::memcpy(bytes.get(), image.data(), image.size());
  const absl::StatusOr<Lexicon> lexicon = Lexicon::View({bytes.get(), image.size()});
  if (!lexicon.ok()) return 0;

  static const LexicalUnits& from = *new LexicalUnits(UnitsOf("The red house of Anna in houses"));
  static const LexicalUnits& to = *new LexicalUnits(UnitsOf("La casa roja de Anna en 他在等你"));
  for (const auto& [a, b] : {std::pair(&from, &to), std::pair(&to, &from), std::pair(&to, &to)}) {
    (void)lexicon->Score(*a, *b);
    for (const LexiconSide side : {LexiconSide::kFrom, LexiconSide::kTo}) {
      const LexicalUnits& own = side == LexiconSide::kFrom ? *a : *b;
      const size_t known = lexicon->Known(own, side);
      Require(known <= own[0].size());
      Require(lexicon->Unaccounted(*a, *b, side).size() <= known);
    }
  }
  return 0;
}
