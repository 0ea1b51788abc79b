// The bytes of a book, from a file or from memory, checked as far as that costs nothing: the header, and that the
// sections lie inside. What they hold is book.h's; the layout is book_format.h's.
//
// Thread rule: pure functions; an image is immutable.
#ifndef SIGNALBOOK_TRANSLATOR_BOOK_IMAGE_H_
#define SIGNALBOOK_TRANSLATOR_BOOK_IMAGE_H_

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "translator/book_format.h"

namespace signalbook {

struct BookImage {
  std::shared_ptr<const void> memory;  // where `bytes` stand
  std::string_view bytes;
  book_format::Header header = {};
  std::array<std::string_view, book_format::kCount> sections;
};

// Maps a file. Errors as those of Book::Open; they do not name the file.
absl::StatusOr<BookImage> MapBookImage(const std::string& path);
// The same from memory.
absl::StatusOr<BookImage> TakeBookImage(std::string bytes);

// DataLoss when the content does not have the hash that the header says. Reads every byte.
absl::Status VerifyContent(const BookImage& image);

// DataLoss.
absl::Status NotABook(std::string_view why);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_BOOK_IMAGE_H_
