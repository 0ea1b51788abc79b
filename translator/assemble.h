// Stage 6: pieces → text. Puts what was licensed together in the order of the message, with the
// spaces, brackets and direction isolates that the target locale's rows (data/joins.tsv) approve.
//
//   spacing    a name is set off from the words around it ("dogs🐶and" → "dogs dog face and") where
//              the script uses spaces; a space between sentences goes where it uses none
//   direction  a name written against the direction of the prose around it stands between U+2068 and
//              U+2069 (UAX #9), so that neither re-orders the other
//
// What assembly adds are pieces of their own, licensed BOOK by the entry "join/…", with an empty source
// range: nothing in the output is without a licence.
//
// Thread rule: an Assembler is used by one thread.
#ifndef SIGNALBOOK_TRANSLATOR_ASSEMBLE_H_
#define SIGNALBOOK_TRANSLATOR_ASSEMBLE_H_

#include <forward_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "translator/book.h"
#include "translator/normalize.h"
#include "translator/phrases.h"
#include "translator/text.h"

namespace signalbook {

class Assembler {
 public:
  // All arguments must outlive it.
  Assembler(const Message& message, const Book& book, LocaleId target);

  // Each adds the next stretch of the message; ranges are of message.text() and must tile it. Texts and keys must
  // live until Finish, keys and renderings as long as the book.
  void Copy(SegmentKind kind, ByteRange range, Placement placement,
            std::shared_ptr<const Refusal> refusal = nullptr);
  void Model(ByteRange range, std::string_view text, std::shared_ptr<const ModelRef> model,
             Placement placement);
  void Phrase(const PhrasePart& part);  // of an approved phrase: part.key is not empty
  void Name(ByteRange range, std::string_view key, const Rendering& rendering, Placement placement);
  // The emoji, then its name in brackets.
  void KeepAndName(ByteRange range, std::string_view key, const Rendering& rendering,
                   Placement placement);

  // The names of the parts of a sequence that has none itself; `parts` are ranges of message.text() within
  // `range`, in order. With `keep`, the sequence itself stands before them, and they in brackets.
  struct NamedPart {
    ByteRange range;
    std::string_view key;
    Rendering rendering;
  };
  void Parts(ByteRange range, const std::vector<NamedPart>& parts, bool keep, Placement placement);

  Translation Finish();

 private:
  struct Part {
    Piece piece;  // source: in message.text(); target: not yet known
    std::string_view text;
    bool is_name = false;
  };
  // A join as assembly puts it; its text is empty where the locale uses none.
  Part JoinPart(Join join, ByteRange range) const;
  void AddJoin(Join join, ByteRange range);
  bool NamesNeedIsolates() const;
  std::string_view Keep(const std::string& text);
  static void Emit(const Message& message, Part part, Translation* translation);

  const Message& message_;
  const Book& book_;
  LocaleId target_;
  std::vector<Part> parts_;
  std::shared_ptr<std::forward_list<std::string>> kept_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_ASSEMBLE_H_
