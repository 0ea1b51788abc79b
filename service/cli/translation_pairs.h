// Reads translations that people made: a TSV (source, translation) or a TMX (Translation Memory
// eXchange 1.4) file.
//
// Thread rule: pure functions of a file.
#ifndef SIGNALBOOK_SERVICE_CLI_TRANSLATION_PAIRS_H_
#define SIGNALBOOK_SERVICE_CLI_TRANSLATION_PAIRS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/lexicon_trainer.h"

namespace signalbook {

struct TranslationFile {
  std::vector<TranslationPair> pairs;
  std::string sha256;      // of the file, hexadecimal
  size_t unusable = 0;     // rows without two texts
  int first_unusable = 0;  // its line, from 1
  size_t left_out = 0;     // pairs beyond `most`
};

// NotFound when there is no such file; InvalidArgument names the line where a TMX is not well-formed,
// or says that it holds no pair of these languages. Of a TMX, segments of `from` and `to` (BCP 47; en
// matches en-GB) are read, with their inline markup left out; of a TSV, the first two columns. At most
// `most` pairs are kept, the first ones.
absl::StatusOr<TranslationFile> ReadTranslations(const std::string& path, std::string_view from,
                                                 std::string_view to, size_t most);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_TRANSLATION_PAIRS_H_
