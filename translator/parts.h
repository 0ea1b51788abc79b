// The parts of a sequence that no version of Unicode lists: 👩‍👩‍👧‍👧‍👧 is two women and three girls, 🚀🏻 a
// rocket and a light skin tone. Such a sequence has no name, but its parts have: UTS #51, 2.7, lets a
// program show unsupported sequences as their elements.
//
// Thread rule: a pure function over an immutable table.
#ifndef SIGNALBOOK_TRANSLATOR_PARTS_H_
#define SIGNALBOOK_TRANSLATOR_PARTS_H_

#include <optional>
#include <string_view>
#include <vector>

#include "translator/emoji.h"

namespace signalbook {

struct EmojiPart {
  ByteRange range;  // of the cluster; joiners between parts belong to none
  KeyId key = kNoKey;
};

// Two or more parts in order, each a known sequence, when `cluster` is nothing but such parts and
// U+200D between them; a tone that its base does not take is a part of its own. nullopt for anything
// else: flags, tags, dangling joiners, unknown characters.
std::optional<std::vector<EmojiPart>> PartsOf(std::string_view cluster, const EmojiTable& table);

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_PARTS_H_
