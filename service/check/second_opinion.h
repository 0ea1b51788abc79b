// A second opinion on an answer: what its text alone says beside the text of the message. No piece is
// looked at, so no piece can talk us out of it.
//
// Thread rule: pure functions over an immutable book.
#ifndef SIGNALBOOK_SERVICE_CHECK_SECOND_OPINION_H_
#define SIGNALBOOK_SERVICE_CHECK_SECOND_OPINION_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/check/case.h"
#include "translator/book.h"
#include "translator/normalize.h"
#include "translator/segment.h"
#include "translator/translator.h"

namespace signalbook::check {

// What a case asks, as far as our book understands it.
struct Asked {
  std::optional<Message> message;  // nullopt: not UTF-8
  TranslateOptions options;
  bool understood =
      false;           // else `options` says nothing: a language, market … that the book has not
  bool keeps = true;   // emoji are to stay
  bool names = false;  // emoji are to be named
};

// What became of the emoji of a message.
struct EmojiChange {
  bool same = true;      // they stand in the translation, in order, and no other
  std::string what;      // for people: "🇨🇦 lost, 🇫🇷 added"
  std::string expected;  // the emoji of both, where they differ
  std::string actual;
};

// In all of these `segments` are those of the message, with the codes of its dialects, and `output` is the
// translation in NFC. Preconditions: there is a message; for JudgeFlags, it is understood.

EmojiChange FindEmojiChange(const Asked& asked, const std::vector<Segment>& segments,
                            std::string_view output, const EmojiTable& table);

// `output` as a candidate that the gate can hold against what ModelText leaves of the message: where the emoji
// are the same one by one, written as the message writes them (U+FE0F); without the invisible characters
// that the message has as well; the message's line breaks and tabs as spaces.
std::string CandidateOf(const Message& message, std::string_view output, const EmojiTable& table);

// flag/named: each RGI flag with a name in the target, in order.
void JudgeFlags(const Asked& asked, const std::vector<Segment>& segments, std::string_view output,
                const Book& book, std::vector<Finding>* findings);

// protected/kept.
void JudgeProtected(const Message& message, const std::vector<Segment>& segments,
                    std::string_view output, std::vector<Finding>* findings);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_SECOND_OPINION_H_
