// The rows of data/emoji/ → what EmojiTable::Build takes. Used by the book builder and by tests, so
// that both see the same table.
//
// Thread rule: a pure function.
#ifndef SIGNALBOOK_TRANSLATOR_EMOJI_DATA_H_
#define SIGNALBOOK_TRANSLATOR_EMOJI_DATA_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/emoji.h"

namespace signalbook {

// Cells of each row, columns as in data/README.md. Header lines are already stripped (tsv.h).
struct EmojiSource {
  std::vector<std::vector<std::string>> sequences;     // emoji/sequences.tsv
  std::vector<std::vector<std::string>> code_points;   // emoji/code_points.tsv
  std::vector<std::vector<std::string>> regions;       // emoji/regions.tsv
  std::vector<std::vector<std::string>> subdivisions;  // emoji/subdivisions.tsv
};

struct EmojiRows {
  // Ids are dense and in the order of this vector: the RGI sequences, then the flags of regions
  // that are valid but not RGI (deprecated: 🇾🇺), then the tag flags of all other subdivisions, each
  // in file order.
  std::vector<EmojiTable::Entry> entries;
  std::vector<EmojiTable::ClassRange> classes;  // ascending, disjoint, no kNone
};

// InvalidArgument quotes the first cell that cannot be read: a key that is no list of code points,
// an unknown kind or property, a region that is not two letters. What one table can contradict in
// itself (a key that stands twice) is for EmojiTable::Build to find.
absl::StatusOr<EmojiRows> MakeEmojiRows(const EmojiSource& source);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_EMOJI_DATA_H_
