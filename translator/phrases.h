// Stage 3b: prose that people have approved a translation of, whole phrase for whole phrase.
//
// "Thx!!" and "thx" are one phrase: case, punctuation around it, commas in it and the number of times
// a syllable of laughter is repeated do not count. What stands around the phrase is kept, each mark as
// the target language writes it; a capital at the start stays one.
//
//   "LOL"  en → es   "Jajaja"        licensed PHRASE by the row lol of phrases/en/es
//   "你好！" zh → en   "Hello" + "!"   "！" by the mark row of en
//
// No model sees an approved phrase, and under POLICY_STRICT nothing else of the prose leaves.
//
// Thread rule: pure functions over an immutable book.
#ifndef SIGNALBOOK_TRANSLATOR_PHRASES_H_
#define SIGNALBOOK_TRANSLATOR_PHRASES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "translator/book.h"
#include "translator/text.h"

namespace signalbook {

// What phrases are matched by: NFC, case-folded, typographic apostrophes plain, white space and
// commas as one space, no punctuation at either end, three or more repetitions of a syllable of one
// to three letters as three ("hahahahaha" → "hahaha", "kkkkk" → "kkk", but "kk" stays). Empty when
// nothing is left, when `text` is not UTF-8 or when it has other punctuation inside ("a: b"), which
// might change what it says.
std::string PhraseKey(std::string_view text);

// How many words a key has.
size_t PhraseWords(std::string_view key);

// `text` with its first letter in upper case: what a row approves where the source has a capital.
std::string Capitalized(std::string_view text);

// A stretch of prose and what it becomes.
struct PhrasePart {
  ByteRange range;  // of the text that was searched
  // The row that approves it, as EntryRef has it; an empty key: it is copied (white space, marks).
  std::string key;
  std::string_view locale;
  std::string source;
  std::string text;  // meaningless for a copy
};

// Parts that tile `prose` (in the ranges from `begin`) when all of its words are approved phrases: the
// whole, or each clause between commas. nullopt otherwise. Without a source language it must be a
// phrase of at least one language, and all languages that have it must agree on the translation.
// Phrases are inherited on both sides: en-GB → es-AR takes those of en → es, the nearest target first.
std::optional<std::vector<PhrasePart>> MatchPhrases(std::string_view prose, size_t begin,
                                                    std::optional<LocaleId> source, LocaleId target,
                                                    const Book& book);

// Whether the row that `entry` names approves `text` as the translation of a phrase or a mark.
bool ApprovesPhrase(const EntryRef& entry, std::string_view text, const Book& book);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_PHRASES_H_
