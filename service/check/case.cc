#include "service/check/case.h"

#include <openssl/sha.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <array>
#include <cstdio>

namespace signalbook::check {
namespace {

struct ModeWord {
  std::string_view name;
  v1::EmojiMode mode;
};
constexpr std::array<ModeWord, 3> kModes = {{{"keep", v1::EMOJI_MODE_KEEP},
                                             {"name", v1::EMOJI_MODE_NAME},
                                             {"both", v1::EMOJI_MODE_KEEP_AND_NAME}}};

// Whether a person can't tell by looking which code point this is. Control characters are none of these: they are
// not shown at all.
bool NeedsCodePoint(UChar32 c) {
  const uint32_t category = U_GET_GC_MASK(c);
  if ((category & (U_GC_CF_MASK | U_GC_CO_MASK | U_GC_CN_MASK)) != 0) return true;
  // A mark that belongs to one script is one of its letters to who reads it: brackets behind every vowel would make
  // Thai and Hindi illegible.
  if ((category & U_GC_M_MASK) != 0) {
    UErrorCode error = U_ZERO_ERROR;
    if (uscript_getScript(c, &error) == USCRIPT_INHERITED) return true;
  }
  if ((category & U_GC_ZS_MASK) != 0) return c != ' ';
  return c >= 0xA9 && (u_hasBinaryProperty(c, UCHAR_EMOJI) ||
                       u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT));
}

// What would turn around the line that it stands in, our brackets included.
bool IsBidiControl(UChar32 c) { return u_hasBinaryProperty(c, UCHAR_BIDI_CONTROL); }

// What would end the line, move the cursor or change the colour of a terminal.
bool IsControl(UChar32 c) { return u_charType(c) == U_CONTROL_CHAR || c == 0x2028 || c == 0x2029; }

std::string Format(const char* format, unsigned value) {
  std::array<char, 16> buffer;
  std::snprintf(buffer.data(), buffer.size(), format, value);
  return buffer.data();
}

}  // namespace

bool Expectations::empty() const {
  return !text && contains.empty() && not_contains.empty() && pieces.empty() && !verdict &&
         reasons.empty() && rules.empty() && !emoji_preserved && !error;
}

std::string Visible(std::string_view text) {
  std::string shown;
  std::string code_points;  // of the run that is being read
  const auto close = [&] {
    if (!code_points.empty()) shown += (shown.empty() ? "[" : " [") + code_points + "]";
    code_points.clear();
  };
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    const int32_t begin = i;
    UChar32 c;
    U8_NEXT(text.data(), i, length, c);
    if (c < 0 || IsControl(c)) {
      close();
      for (int32_t k = begin; k < i; ++k) {
        shown += Format("\\x%02X", static_cast<unsigned char>(text[static_cast<size_t>(k)]));
      }
      continue;
    }
    if (NeedsCodePoint(c)) {
      code_points += (code_points.empty() ? "" : " ") + Format("U+%04X", static_cast<unsigned>(c));
    } else {
      close();
    }
    if (!IsBidiControl(c)) {
      shown.append(text, static_cast<size_t>(begin), static_cast<size_t>(i - begin));
    }
  }
  close();
  return shown;
}

std::string TextHash(const v1::TranslateTextRequest& request) {
  // A unit separator is in no BCP 47 tag, mode or market.
  constexpr char kSeparator = '\x1F';
  std::string all = request.source_language_code();
  all += kSeparator;
  all += ModeName(request.emoji_mode());
  all += kSeparator;
  all += request.policy() == v1::POLICY_STRICT ? "strict" : "guarded";
  all += kSeparator;
  all += request.market();
  for (const std::string& dialect : request.dialects()) all += kSeparator + dialect;
  for (const std::string& content : request.contents()) (all += '\0') += content;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(all.data()), all.size(), digest.data());
  std::string hex;
  for (size_t i = 0; i < 8; ++i) hex += Format("%02x", digest[i]);
  return hex;
}

std::string_view ModeName(v1::EmojiMode mode) {
  for (const ModeWord& word : kModes) {
    if (word.mode == mode) return word.name;
  }
  return kModes[0].name;
}

std::optional<v1::EmojiMode> ParseMode(std::string_view name) {
  for (const ModeWord& word : kModes) {
    if (word.name == name) return word.mode;
  }
  return std::nullopt;
}

}  // namespace signalbook::check
