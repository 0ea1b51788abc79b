// Stage 3, on top of the book: rows that people approved while the service runs. A book with an overlay is
// a Book like any other; everything that asks it gets the approved rows, and nobody needs to know.
//
//   * A name takes the place of the row of the same locale (and market). Inheritance goes on from there: what
//     is approved in es holds in es-AR unless es-AR has a row of its own. As with rows of data/curated, a
//     block in es also holds against what CLDR calls it in es-AR, until people name it there, and CLDR's
//     keywords in es-AR do not stand beside a name that es-AR inherits from people. A block that data/ has
//     in es-AR too is not lifted by a name in es.
//   * What the builder composed of a name follows it: with a new name of 👍 in es, 👍🏽 is the new name with
//     the tone, in es and in every locale that composed it of es's row; with 👍 blocked, 👍🏽 is blocked. The
//     composed text must hold the old name exactly once; where it does not, the variant is blocked rather
//     than wrong. A variant that people named themselves follows nobody, nor does one that has its name of
//     CLDR: most of what faces right, and skin tones in locales without rows in data/tones.tsv.
//   * A phrase takes the place of the phrase of exactly these locales; removed, there is none.
//   * A guard adds a pattern, or takes one away that has exactly this locale, concept and text.
//   * Rows are as sensitive as what they take the place of.
//
// The source of a moderated row is "moderated"; in a market "moderated/CN"; of what is composed of one
// "composed/moderated".
//
// Thread rule: immutable after construction; safe from many threads.
#ifndef SIGNALBOOK_TRANSLATOR_OVERLAY_H_
#define SIGNALBOOK_TRANSLATOR_OVERLAY_H_

#include <memory>
#include <string>
#include <vector>

#include "translator/book.h"
#include "translator/emoji.h"
#include "translator/locale.h"

namespace signalbook {

struct OverlayName {
  LocaleId locale = kRootLocale;
  MarketId market = kNoMarket;
  KeyId key = kNoKey;
  std::string text;        // what CheckText accepts; empty when blocked
  std::string alternates;  // " | " between them
  bool blocked = false;
};

struct OverlayPhrase {
  LocaleId from = kRootLocale;
  LocaleId to = kRootLocale;
  std::string key;  // as PhraseKey gives it
  std::string text;
  bool removed = false;
};

struct OverlayGuard {
  std::string locale;        // "es", "root"
  std::string concept_name;  // "arrest", "blocked"
  std::string pattern;       // RE2
  bool removed = false;
};

struct OverlayRows {
  std::vector<OverlayName> names;
  std::vector<OverlayPhrase> phrases;
  std::vector<OverlayGuard> guards;
};

// `base` (which must have no overlay itself) with `rows` on top; `base` when there are none. Rows of a locale,
// market, key or concept that the book does not have, texts that CheckText objects to, patterns that
// CheckPattern objects to and keys that are not PhraseKey's are left out and named in `*ignored` (may be
// null; "names[3]: …", never with what people wrote): they were approved for another book. Of two rows for
// the same place the last counts. The result shares the mapping of `base`; name, version and hash are those
// of `base`. Takes some 30 ms.
std::shared_ptr<const Book> WithOverlay(std::shared_ptr<const Book> base, const OverlayRows& rows,
                                        std::vector<std::string>* ignored = nullptr);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_OVERLAY_H_
