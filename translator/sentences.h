// Stage 2c: segments → chunks: what stays where it is, and sentences for a model.
//
// A model gets as little as possible and as much as it needs: one sentence or clause with its
// protected spans and the emoji inside it as markers. Emoji at the edge of a sentence or clause stay
// at that edge and the text on either side is translated on its own; so does white space. Text
// without a letter ("!", "5", "…") is copied: there is nothing to translate.
//
//   "Haha, my freezer. 😆 I like dogs🐶and cats, see {{x}}!"
//     sentence "Haha, my freezer."   fixed " "   fixed 😆   fixed " "
//     sentence "I like dogs⟦0⟧and cats, see ⟦1⟧!"
//
// Thread rule: pure functions (one ICU break iterator per thread).
#ifndef SIGNALBOOK_TRANSLATOR_SENTENCES_H_
#define SIGNALBOOK_TRANSLATOR_SENTENCES_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "translator/segment.h"
#include "translator/text.h"

namespace signalbook {

// A stretch of a message, in the order of the message: neighbours in a list of segments.
struct Chunk {
  // A sentence has a letter in its prose, and no white space at either end. The segments of any other chunk are
  // copied or rendered where they stand.
  bool is_sentence = false;
  size_t begin = 0;  // index of the first segment
  size_t end = 0;    // and behind the last

  std::span<const Segment> of(const std::vector<Segment>& segments) const {
    return {segments.data() + begin, end - begin};
  }
};

// Chunks that tile the message. `segments` must tile `text` (SegmentText); they are cut where a chunk begins or
// ends inside one.
std::vector<Chunk> SplitIntoChunks(std::string_view text, std::vector<Segment>* segments);

// A sentence in parts, for a model that loses markers: each stretch of prose between atoms becomes a
// sentence of its own, each atom stays where it is. Their segments are added to `segments`.
std::vector<Chunk> SplitIntoParts(std::string_view text, const Chunk& sentence,
                                  std::vector<Segment>* segments);

// A sentence seen as atoms (emoji, protected spans) with prose around each: n atoms, n + 1 runs of
// prose, of which any may be empty. Runs and atoms tile the sentence.
struct Sentence {
  std::vector<ByteRange> runs;
  std::vector<Segment> atoms;
};
Sentence MakeSentence(std::span<const Segment> segments);

// What a model is given for a sentence: its prose with ⟦0⟧, ⟦1⟧ … for the atoms (kMarkers) or nothing
// for them (kPlain; two spaces that meet become one); or, for the gate, a space for each (kSpaces). Variation selectors, controls and invisible
// characters are left out (except ZWJ and ZWNJ, which some scripts spell with): they mean nothing to
// a model, and hidden text must not reach it.
enum class AtomStyle { kMarkers, kPlain, kSpaces };
std::string ModelText(std::string_view text, const Sentence& sentence, AtomStyle style);

// Cuts a candidate at its markers: n + 1 texts, or nullopt unless ⟦0⟧ … ⟦n-1⟧ stand in it each once,
// in order, and no other U+27E6 or U+27E7 does.
std::optional<std::vector<std::string>> SplitAtMarkers(std::string_view candidate, size_t n);

// Cuts a candidate without markers where the atoms go: at the word boundary nearest to the relative
// position each has in the source; never inside a word. Returns n + 1 texts.
std::vector<std::string> SplitByProportion(const Sentence& sentence, std::string_view candidate);

bool HasLetter(std::string_view text);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_SENTENCES_H_
