// Cases made rather than written: selections of the book in carrier sentences. Every generated
// message is a carrier with each "{}" replaced by a sequence.
//
// Thread rule: one thread.
#ifndef SIGNALBOOK_SERVICE_CHECK_GENERATOR_H_
#define SIGNALBOOK_SERVICE_CHECK_GENERATOR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "service/check/carriers.h"
#include "service/check/case.h"
#include "service/check/corpus.h"
#include "translator/book.h"

namespace signalbook::check {

// The keys of the book that `selector` names, in the book's order:
//   all             everything the book knows, valid or RGI
//   rgi             what is RGI
//   flags           RGI flags of regions
//   tag-flags, keycaps, modifiers, zwj, basic, components
//                   all of a kind, valid or RGI
//   valid           valid, but not RGI
//   group:Flags     by Unicode's group, version:18.0 by Emoji version
//   key:1F1E8-1F1E6 one; also as the sequence itself, with or without U+FE0F
// Never empty. InvalidArgument names the selectors there are, or what the book does not have.
absl::StatusOr<std::vector<KeyId>> SelectKeys(const Book& book, std::string_view selector);

// Each carrier × key × language of `defaults` × mode, in this order of loops. The source language is
// the carrier's; a target in the same language and script is left out, because there nothing is
// translated. Ids: "flags/incident/1F1E8-1F1E6→en/name".
// `says`: what the model answers, one case each in turn, ids with "/1", "/2" … behind; none: the
// model is asked, or the candidate of `defaults` given.
// Expectations:
//   contains      in NAME and KEEP_AND_NAME, the approved name of the sequence in the target; none
//                 where the book has none or blocks it, or does not know the language or the market
//                 (the answer is an error then)
//   not_contains  what the model says, as a whole; none where an honest answer may hold it, because
//                 the carrier or the name does: "No." is in "San Marino."
std::unique_ptr<CaseSource> GenerateCases(std::shared_ptr<const Book> book, std::string_view name,
                                          std::vector<KeyId> keys, std::vector<Carrier> carriers,
                                          CaseDefaults defaults, std::vector<std::string> says);

// About one of `one_in` of the cases (0: all), chosen by seed and id, so that the choice does not
// depend on order. Bad lines pass.
std::unique_ptr<CaseSource> Sampled(std::unique_ptr<CaseSource> source, uint64_t one_in,
                                    uint64_t seed);

// All of them, one after the other.
std::unique_ptr<CaseSource> Concatenated(std::vector<std::unique_ptr<CaseSource>> sources);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_GENERATOR_H_
