// The files of the moderators' console, service/http/console/, compiled into the program.
#ifndef SIGNALBOOK_SERVICE_HTTP_CONSOLE_FILES_H_
#define SIGNALBOOK_SERVICE_HTTP_CONSOLE_FILES_H_

#include <string>
#include <string_view>
#include <vector>

namespace signalbook {

struct ConsoleFile {
  std::string name;          // "index.html"
  std::string_view content;  // for as long as the program runs
  std::string content_type;
  std::string etag;  // of the content, with its quotes
};

// All of them, by name.
const std::vector<ConsoleFile>& ConsoleFiles();
const ConsoleFile* FindConsoleFile(std::string_view name);  // nullptr: none

// What embed.cmake writes.
struct EmbeddedFile {
  const char* name;
  const unsigned char* bytes;
  unsigned long size;
};
const std::vector<EmbeddedFile>& EmbeddedFiles();

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_HTTP_CONSOLE_FILES_H_
