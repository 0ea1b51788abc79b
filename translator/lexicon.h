// The allowlist for words: which words of one language account for which of another, learned from
// translations that people made (data/lexicons/). A candidate that the source does not account for
// is detached from it: a fluent sentence about something else.
//
// A lexicon of a pair of languages counts units (lexical_units.h) on both sides and links between
// them. The ratio of a link says how many times likelier two units are as translations of each other
// than side by side by chance: house–casa 95, house–de 0.4. For each unit of either side its support is
// the mean ratio of its links to the other side. What that support says depends on how often the unit
// was seen (an unsupported word seen twice says little), so each (count, support) has a weight of its
// own, in log-odds; so has the difference in length. Their sum is the score:
//
//   en "The house is red." → es   "La casa es roja."    +14.2   leaves
//                                 "Estoy en la cárcel."  -6.8   below the threshold: refused
//
// Words never seen in training say nothing, unless they were copied; names and numbers are such words.
// Weights were fitted, and the threshold was set, on translations that the links were not counted on:
// so that a known share of good ones falls below it (lexicon_trainer.h). A lexicon knows no direction:
// one serves both.
//
// Thread rule: immutable; refers to the bytes it was made from. Cost: some microseconds a sentence,
// linear in both texts: each unit is looked up, and its links, which are few.
#ifndef SIGNALBOOK_TRANSLATOR_LEXICON_H_
#define SIGNALBOOK_TRANSLATOR_LEXICON_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/lexical_units.h"

namespace signalbook {

// The two languages of a lexicon, as its file names them: FROM-TO.tsv.
enum class LexiconSide : uint8_t { kFrom = 0, kTo = 1 };

// What is counted about a pair of texts; each has a weight. One list: names are those of the table.
namespace lexical_features {
inline constexpr int kCounts = 7;    // how often the unit was seen: 2, 3–5, 6–15, …
inline constexpr int kSupports = 8;  // none, then by the logarithm of the mean ratio
inline constexpr int kCopied = kCounts * kSupports;  // the other side has the same unit: known ones
inline constexpr int kCopiedUnknown = kCopied + 1;   //   without links, and unknown ones
inline constexpr int kPerUnit = kCopiedUnknown + 1;
inline constexpr int kLength = kPerUnit * kUnitSizes * 2;  // log ratio of words; its square; …
inline constexpr int kWords = kLength + 3;  // 1–2 words, 3–4, 5–7, 8–12, more
inline constexpr int kCount = kWords + 5;

// "to word 3-5 none"; unique.
std::string Name(int feature);
}  // namespace lexical_features

using LexicalFeatures = std::array<float, lexical_features::kCount>;

// A lexicon as its table lists it. Vocabularies ascend by text, links by from and to.
struct LexiconTable {
  struct Unit {
    std::string text;
    uint32_t count = 0;
  };
  struct Link {
    uint32_t from = 0, to = 0;  // indexes
    float ratio = 0;
  };
  struct Units {
    std::array<std::vector<Unit>, 2> sides;  // by LexiconSide
    std::vector<Link> links;
  };
  std::array<Units, kUnitSizes> sizes;
  LexicalFeatures weights{};
  float threshold = 0;  // of the score
};

// The bytes that Lexicon::View takes.
std::string WriteLexicon(const LexiconTable& table);

class Lexicon {
 public:
  // Looks at a header, reads no row. InvalidArgument when the bytes are no lexicon; what is damaged
  // further on gives wrong scores, never a crash.
  static absl::StatusOr<Lexicon> View(std::string_view bytes);

  // What the weights are multiplied with.
  LexicalFeatures Features(const LexicalUnits& from, const LexicalUnits& to) const;
  // The log-odds that these are translations of each other, not two texts of one corpus by chance.
  double Score(const LexicalUnits& from, const LexicalUnits& to) const;
  double threshold() const { return threshold_; }

  // For people: the words of `side` that the lexicon knows and the other side does not account for,
  // as indexes of units[kWord].
  std::vector<size_t> Unaccounted(const LexicalUnits& from, const LexicalUnits& to,
                                  LexiconSide side) const;
  // How many words of `units` the lexicon knows.
  size_t Known(const LexicalUnits& units, LexiconSide side) const;

 private:
  struct Vocabulary {
    std::string_view units;
    size_t size = 0;
  };
  struct Found {
    uint32_t index;
    uint32_t count;  // 0: unknown
  };

  Found Find(UnitSize size, LexiconSide side, std::string_view unit) const;
  std::vector<Found> FindAll(UnitSize size, LexiconSide side, const LexicalUnits& units) const;
  // For each unit of both sides, in their order, its mean ratio to all of the other side; 0: no link.
  using BothSides = std::array<std::vector<Found>, 2>;
  std::array<std::vector<double>, 2> Supports(UnitSize size, const BothSides& found) const;

  std::array<std::array<Vocabulary, 2>, kUnitSizes> vocabularies_;
  std::array<std::string_view, kUnitSizes> rows_;   // first link of each `from`
  std::array<std::string_view, kUnitSizes> links_;  // ascending by to within a row
  std::string_view strings_;
  LexicalFeatures weights_{};
  float threshold_ = 0;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_LEXICON_H_
