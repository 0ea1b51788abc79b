// Cases made rather than written: selections of the book in carrier sentences, and seeded mutations of any
// cases.
//
// In December 2019 a flag alone would have shown nothing: what failed was the flag inside a sentence. So every
// generated message is a carrier with its "{}" replaced by a sequence.
//
// Thread rule: one thread.
#ifndef SIGNALBOOK_SERVICE_CHECK_GENERATOR_H_
#define SIGNALBOOK_SERVICE_CHECK_GENERATOR_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "service/check/case.h"
#include "service/check/corpus.h"
#include "translator/book.h"

namespace signalbook::check {

// A sentence around a sequence, in a language; "{}" is where the sequence goes.
struct Carrier {
  std::string name;      // for ids: "incident", "zh-2"
  std::string language;  // BCP 47
  std::string text;      // "他在{}等你。"
};

// The carriers of a name: "incident" (the Chinese one of December 2019 and others like it), "chat" (short chat
// messages in many languages, the sequence at the start, inside, at the end, alone, twice), or else a file: TSV with
// the columns name, language, text, "#" comments. InvalidArgument "path:line: …".
absl::StatusOr<std::vector<Carrier>> LoadCarriers(const std::string& name_or_path);

// The keys of the book that `selector` names, in the book's order:
//   all             everything the book knows, valid or RGI
//   rgi             what is RGI
//   flags           RGI flags of regions;  tag-flags, keycaps, modifiers, zwj, basic, components: by kind
//   valid           valid, but not RGI
//   group:Flags     by Unicode's group, version:18.0 by Emoji version
//   key:1F1E8-1F1E6 one
// InvalidArgument names the selectors there are, or what the book does not have.
absl::StatusOr<std::vector<KeyId>> SelectKeys(const Book& book, std::string_view selector);

// Each carrier × key × language of `defaults` × mode, in this order of loops. The source language is the
// carrier's; a target language that is the carrier's own is left out. Ids: "flags/incident/1F1E8-1F1E6→en/name".
// `says`: what the model answers, one case each in turn, ids with "/1", "/2" … behind; none: the model is asked.
// Expectations: in NAME and KEEP_AND_NAME, that the sequence's approved name in the target stands in the
// translation, where the book has one.
std::unique_ptr<CaseSource> GenerateCases(std::shared_ptr<const Book> book, std::string_view name,
                                          std::vector<KeyId> keys, std::vector<Carrier> carriers,
                                          CaseDefaults defaults, std::vector<std::string> says);

// What the application of December 2019 answered, documented: "He's in prison", "He was killed", …
const std::vector<std::string>& IncidentSayings();

// One way to disturb a message.
enum class Mutation {
  kTruncateCodePoint,  // cut at every code point
  kTruncateByte,  // cut at every byte; what is not UTF-8 is expected to be an INVALID_UTF8 error
  kSelectors,  // each U+FE0F taken out, turned into U+FE0E, one put behind each emoji character without
  kIndicators,  // one regional indicator more before, behind and between flags: odd runs
  kTags,        // tag sequences cut, without their end, with a wrong base
  kJoins,       // emoji joined with U+200D that are not joined in any version, a joiner at the edge
  kNeighbours,  // the message's emoji beside a URL, a shortcode, right-to-left, CJK, a digit, a combining mark
};
// "truncate" (both), "selectors", "indicators", "tags", "joins", "neighbours", "all"; comma-separated.
absl::StatusOr<std::vector<Mutation>> ParseMutations(std::string_view names);

// Each case of `source`, and behind it its mutants: the same request with another content, no expectations but
// the law (and INVALID_UTF8). Ids: the case's, "~selectors/3" behind. Bad lines pass.
std::unique_ptr<CaseSource> Mutated(std::unique_ptr<CaseSource> source,
                                    std::vector<Mutation> mutations);

// About one of `one_in` of the cases, chosen by seed and id, so that the choice does not depend on order. Bad
// lines pass.
std::unique_ptr<CaseSource> Sampled(std::unique_ptr<CaseSource> source, uint64_t one_in,
                                    uint64_t seed);

// All of them, one after the other.
std::unique_ptr<CaseSource> Concatenated(std::vector<std::unique_ptr<CaseSource>> sources);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_GENERATOR_H_
