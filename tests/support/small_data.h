// A data folder of a few rows in a temporary place, for tests that need to break one.
#ifndef SIGNALBOOK_TESTS_SUPPORT_SMALL_DATA_H_
#define SIGNALBOOK_TESTS_SUPPORT_SMALL_DATA_H_

#include <string>

namespace signalbook {

// Holds every required table, without a defect:
//   sequences   😀 ❤️ 👍 👍🏽 ❤️‍🔥 🔥 🇨🇦 🇺🇸 🏴 🏴󠁧󠁢󠁥󠁮󠁧󠁿 (RGI), 🇾🇺 and 🏴󠁵󠁳󠁣󠁡󠁿 (valid, not RGI)
//   locales     root, en, en-CA, es, es-419, es-AR, zh, zh-Hant (no names in the last two)
// The folder goes with the object.
class SmallData {
 public:
  SmallData();
  ~SmallData();
  SmallData(const SmallData&) = delete;
  SmallData& operator=(const SmallData&) = delete;

  const std::string& dir() const { return dir_; }
  // Replaces a table, or adds one. `rows` may leave the header out.
  void Write(const std::string& file, const std::string& rows) const;
  void Remove(const std::string& file) const;

 private:
  std::string dir_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SUPPORT_SMALL_DATA_H_
