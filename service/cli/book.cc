#include "translator/book.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "service/cli/book_file.h"
#include "service/cli/cli.h"
#include "service/cli/replace_file.h"
#include "service/config.h"
#include "service/strings.h"
#include "translator/book_builder.h"

namespace signalbook {
namespace {

constexpr char kBuildFooter[] =
    "Example:\n"
    "  signalbook book build --data data --output signalbook.book --version 2026.11\n"
    "\n"
    "The same tables give the same bytes on any machine. Findings are printed as FILE:LINE: RULE:\n"
    "what is wrong; with any, nothing is written.\n"
    "\n"
    "Exit codes: 0 built; 1 findings; 2 no such folder or table; 3 the file cannot be written.";

struct BuildOptions {
  std::string data = "data";
  std::string output = "signalbook.book";
  BookOptions book;
};

void PrintInfo(const Book& book, const std::string& path) {
  PrintLine(StrCat("file      ", path));
  PrintLine(StrCat("name      ", book.name()));
  PrintLine(StrCat("version   ", book.version()));
  PrintLine(StrCat("hash      ", book.hash()));
  PrintLine(StrCat("sequences ", book.key_count()));
  std::string locales;
  for (const LocaleId locale : book.NamedLocales()) {
    locales += StrCat(" ", book.locales().tag(locale));
  }
  PrintLine(StrCat("locales  ", locales));
}

int Build(const BuildOptions& options) {
  absl::StatusOr<BuiltBook> built = BuildBook(options.data, options.book);
  if (!built.ok()) return ReportError("book build", built.status());
  for (const Finding& finding : built->findings) {
    PrintLine(StrCat(options.data, "/", ToString(finding)));
  }
  if (!built->warnings.empty()) {
    std::fprintf(stderr, "%zu warnings; see signalbook book lint\n", built->warnings.size());
  }
  if (!built->findings.empty()) {
    std::fprintf(stderr, "signalbook book build: %zu findings; nothing was written\n",
                 built->findings.size());
    return kExitFindings;
  }
  if (absl::Status status = ReplaceFile(options.output, built->image); !status.ok()) {
    return ReportError("book build", status);
  }
  const size_t bytes = built->image.size();
  const auto book = Book::FromImage(std::move(built->image));
  if (!book.ok()) return ReportError("book build", book.status());
  std::fprintf(stderr, "%s: %s %s, %zu sequences, %zu bytes, hash %s\n", options.output.c_str(),
               std::string((*book)->name()).c_str(), std::string((*book)->version()).c_str(),
               (*book)->key_count(), bytes, std::string((*book)->hash()).c_str());
  return kExitClean;
}

int Verify(const std::string& path) {
  const auto book = Book::Open(path);
  if (!book.ok()) return ReportError("book verify", book.status());
  if (absl::Status status = (*book)->Verify(); !status.ok()) {
    return ReportError("book verify", status);
  }
  PrintLine(StrCat(path, ": ", (*book)->name(), " ", (*book)->version(), " ", (*book)->hash(),
                   ", intact"));
  return kExitClean;
}

int Info(const std::string& path) {
  const auto book = Book::Open(path);
  if (!book.ok()) return ReportError("book info", book.status());
  PrintInfo(**book, path);
  return kExitClean;
}

}  // namespace

void AddBook(CLI::App* app, int* exit_code) {
  CLI::App* command = app->add_subcommand("book", "Compiles and inspects the dictionary.");
  command->require_subcommand(1);

  CLI::App* build = command->add_subcommand("build", "Checks the tables and compiles the book.");
  build->footer(kBuildFooter);
  auto options = std::make_shared<BuildOptions>();
  build->add_option("--data", options->data, "Folder of the tables")
      ->type_name("DIR")
      ->capture_default_str();
  build->add_option("--output", options->output, "File to write; replaced in one step")
      ->type_name("FILE")
      ->capture_default_str();
  build->add_option("--name", options->book.name, "Name that every answer reports")
      ->type_name("NAME")
      ->capture_default_str();
  build->add_option("--version", options->book.version, "Version for people, such as 2026.11")
      ->type_name("TEXT");
  build->callback([options, exit_code] { *exit_code = Build(*options); });

  auto path = std::make_shared<std::string>();
  CLI::App* verify = command->add_subcommand(
      "verify", "Reads a whole book and compares it with its hash. Exit 2 when it is damaged.");
  verify->add_option("FILE", *path, "The book")->type_name("")->required();
  verify->callback([path, exit_code] { *exit_code = Verify(*path); });

  AddBookLint(command, exit_code);
  AddBookDiff(command, exit_code);
  AddBookStats(command, exit_code);
  AddBookExport(command, exit_code);
  AddBookImport(command, exit_code);

  auto info_path = std::make_shared<std::string>();
  CLI::App* info = command->add_subcommand("info", "Tells name, version, hash, sizes and locales.");
  info->add_option("--book", *info_path, "Book file instead of the default one")->type_name("FILE");
  info->callback([info_path, exit_code] {
    *exit_code = Info(info_path->empty() ? DefaultBookPath() : *info_path);
  });
}

}  // namespace signalbook
