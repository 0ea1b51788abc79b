// A folder of files that goes with the test.
#ifndef SIGNALBOOK_TESTS_SERVICE_CLI_TEMP_FOLDER_H_
#define SIGNALBOOK_TESTS_SERVICE_CLI_TEMP_FOLDER_H_

#include <string>
#include <vector>

namespace signalbook {

class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  // Writes a file, and the folders that it stands in; returns its path.
  std::string Write(const std::string& file, const std::string& content) const;
  std::string Read(const std::string& file) const;
  // Names in the folder itself, sorted.
  std::vector<std::string> Names() const;

 private:
  std::string path_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SERVICE_CLI_TEMP_FOLDER_H_
