#include "translator/book_image.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace signalbook {
namespace book_format {

Sha256 HashOf(std::string_view bytes) {
  Sha256 hash{};
  EVP_Digest(bytes.data(), bytes.size(), hash.data(), nullptr, EVP_sha256(), nullptr);
  return hash;
}

}  // namespace book_format

namespace {

absl::StatusOr<BookImage> Check(std::shared_ptr<const void> memory, std::string_view bytes) {
  BookImage image{.memory = std::move(memory), .bytes = bytes};
  book_format::Header& header = image.header;
  if (bytes.size() < sizeof(header)) return NotABook("it is shorter than a header");
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (std::string_view(header.magic, sizeof(header.magic)) != book_format::kMagic) {
    return NotABook("it does not start with SIGNBOOK");
  }
  if (header.format != book_format::kFormat) {
    return NotABook(absl::StrCat("its format is ", header.format, ", this program reads ",
                                 book_format::kFormat, "; build it again"));
  }
  if (header.header !=
      book_format::HashOf(bytes.substr(0, offsetof(book_format::Header, header)))) {
    return NotABook("its header is damaged");
  }
  if (header.file_size != bytes.size()) {
    return NotABook(absl::StrCat("it has ", bytes.size(), " bytes of ", header.file_size));
  }

  const std::string_view directory = bytes.substr(sizeof(header));
  uint64_t end = sizeof(header) + book_format::kCount * sizeof(book_format::Section);
  for (size_t id = 0; id < book_format::kCount; ++id) {
    const auto section = book_format::At<book_format::Section>(directory, id);
    if (section.offset % book_format::kAlignment != 0 || section.offset < end ||
        section.offset > bytes.size() || section.size > bytes.size() - section.offset) {
      return NotABook("its sections are damaged");
    }
    image.sections[id] = bytes.substr(section.offset, section.size);
    end = section.offset + section.size;
  }
  return image;
}

}  // namespace

absl::StatusOr<BookImage> MapBookImage(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return absl::NotFoundError("no such file");
    return absl::FailedPreconditionError(std::strerror(errno));
  }
  void* mapped = MAP_FAILED;
  size_t size = 0;
  struct stat info {};
  if (fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0) {
    size = static_cast<size_t>(info.st_size);
    mapped = mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  }
  close(file);
  if (mapped == MAP_FAILED) return NotABook("it is empty or cannot be mapped");
  return Check(std::shared_ptr<void>(mapped, [size](void* memory) { munmap(memory, size); }),
               {static_cast<const char*>(mapped), size});
}

absl::StatusOr<BookImage> TakeBookImage(std::string bytes) {
  const auto owned = std::make_shared<const std::string>(std::move(bytes));
  return Check(owned, *owned);
}

absl::Status VerifyContent(const BookImage& image) {
  if (book_format::HashOf(image.bytes.substr(sizeof(book_format::Header))) !=
      image.header.content) {
    return NotABook("its content has not the hash of its header");
  }
  return absl::OkStatus();
}

absl::Status NotABook(std::string_view why) {
  return absl::DataLossError(absl::StrCat("not a usable book: ", std::string(why)));
}

}  // namespace signalbook
