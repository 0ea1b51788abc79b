// The image of an EmojiTable.
//
//   Header
//   pages    4352 × uint8_t       code point / 256 → number of a block
//   points   blocks × 256 × u32   of each code point of a block: its EmojiClass in the lowest byte, and
//                                 above it the state behind it at the root, 0 for none
//   nodes    node_count × Node    what the path from the root to here spells, if it is a key
//   edges    2^edge_bits × u64    all others: open addressing with linear probing
//
// A trie of code points is sparse: the root has some 1,400 children, nearly every other node one or
// two. The root's come with the class of a code point, which most emoji are, in one load. One hash of
// (state, code point) for all other edges costs one cache line a step, whatever the node, and needs no
// pointers. Integers are in the machine's byte order; an image of the other
// order fails the check of the magic number.
#include <algorithm>
#include <array>
#include <bit>
#include <bitset>
#include <cstring>
#include <map>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "translator/emoji.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

constexpr char32_t kVariationSelector16 = 0xFE0F;
constexpr uint64_t kMagic = 0x32304A4D45424753;  // "SGBEMJ02" in little-endian order
constexpr size_t kPageCount = 4352;
constexpr uint32_t kMaxEdgeBits = 26;

template <typename T>
void Append(const T* values, size_t count, std::string* image) {
  image->append(reinterpret_cast<const char*>(values), count * sizeof(T));
}

}  // namespace

struct EmojiTable::Header {
  uint64_t magic;
  uint32_t block_count;
  uint32_t node_count;
  uint32_t edge_bits;
  uint32_t longest_probe;  // slots to look at before an edge is known to be missing
  uint32_t key_limit;
  uint32_t reserved;
  uint64_t
      leads[4];  // a bit for each byte with which a code point with a class begins, ASCII aside
};

absl::StatusOr<std::string> EmojiTable::Build(const std::vector<Entry>& entries,
                                              const std::vector<ClassRange>& classes) {
  static_assert(kPageCount * kBlockSize == kLastCodePoint + 1);
  // Block 0 is the empty one, which most pages share.
  std::vector<std::array<uint32_t, kBlockSize>> blocks(1);
  std::array<uint8_t, kPageCount> pages = {};
  // Where the point of a code point stands; null: there are too many blocks.
  const auto point_of = [&](char32_t c) -> uint32_t* {
    uint8_t& page = pages[c / kBlockSize];
    if (page == 0) {
      if (blocks.size() > 0xFF) return nullptr;
      page = static_cast<uint8_t>(blocks.size());
      blocks.push_back({});
    }
    return &blocks[page][c % kBlockSize];
  };
  const absl::Status too_many_blocks =
      absl::InvalidArgumentError("code points with a class or a key in too many blocks");
  std::bitset<256> leads;
  for (const ClassRange& range : classes) {
    if (range.first > range.last || range.last > kLastCodePoint) {
      return absl::InvalidArgumentError("a range of classes is reversed or beyond U+10FFFF");
    }
    for (char32_t c = range.first; c <= range.last; ++c) {
      uint32_t* const point = point_of(c);
      if (point == nullptr) return too_many_blocks;
      if (*point != 0) {
        return absl::InvalidArgumentError(absl::StrFormat("U+%04X is in two ranges", uint32_t{c}));
      }
      *point = static_cast<uint32_t>(range.value);
      if (c >= 0x80) leads.set(static_cast<uint8_t>(ToUtf8({&c, 1}).front()));
    }
  }

  const Node no_key = {kNoKey, 0, 0, 0};
  std::vector<Node> nodes = {no_key};
  std::map<std::pair<State, char32_t>, State> edges;
  KeyId key_limit = 0;
  for (const Entry& entry : entries) {
    const auto reject = [&entry](const char* why) {
      return absl::InvalidArgumentError(absl::StrCat("key ", KeyOf(ToUtf8(entry.key)), why));
    };
    if (entry.key.empty()) return reject(" is empty");
    if (entry.id == kNoKey) return reject(" has no id");
    State state = kRoot;
    for (char32_t c : entry.key) {
      if (c == kVariationSelector16) return reject(" holds U+FE0F");
      const auto [edge, added] = edges.try_emplace({state, c}, static_cast<State>(nodes.size()));
      if (added) nodes.push_back(no_key);
      state = edge->second;
    }
    if (nodes[state].key != kNoKey) return reject(" stands twice");
    nodes[state] = {entry.id, static_cast<uint8_t>(entry.kind), static_cast<uint8_t>(entry.status),
                    0};
    key_limit = std::max(key_limit, entry.id + 1);
  }

  if (nodes.size() > kMaxState) return absl::InvalidArgumentError("too many keys");
  for (auto edge = edges.begin(); edge != edges.end() && edge->first.first == kRoot;
       edge = edges.erase(edge)) {
    uint32_t* const point = point_of(edge->first.second);
    if (point == nullptr) return too_many_blocks;
    *point |= edge->second << 8;
  }

  // At most half full, so that a miss stops after one or two slots.
  const uint32_t edge_bits = std::bit_width(edges.size()) + 1;
  if (edge_bits > kMaxEdgeBits) return absl::InvalidArgumentError("too many keys");
  std::vector<uint64_t> slots(size_t{1} << edge_bits, kNoEdge);
  uint32_t longest_probe = 0;
  for (const auto& [pair, to] : edges) {
    const uint64_t way = WayOf(pair.first, pair.second);
    uint32_t slot = Slot(way, edge_bits);
    uint32_t probe = 1;
    for (; slots[slot] != kNoEdge; ++probe) slot = (slot + 1) & (slots.size() - 1);
    slots[slot] = way << kStateBits | to;
    longest_probe = std::max(longest_probe, probe);
  }

  Header header = {.magic = kMagic,
                   .block_count = static_cast<uint32_t>(blocks.size()),
                   .node_count = static_cast<uint32_t>(nodes.size()),
                   .edge_bits = edge_bits,
                   .longest_probe = longest_probe,
                   .key_limit = key_limit,
                   .reserved = 0,
                   .leads = {}};
  for (size_t byte = 0; byte < leads.size(); ++byte) {
    if (leads[byte]) header.leads[byte / 64] |= uint64_t{1} << (byte % 64);
  }
  std::string image;
  Append(&header, 1, &image);
  Append(pages.data(), pages.size(), &image);
  Append(blocks.data(), blocks.size(), &image);
  Append(nodes.data(), nodes.size(), &image);
  Append(slots.data(), slots.size(), &image);
  return image;
}

absl::StatusOr<EmojiTable> EmojiTable::View(std::string_view image) {
  Header header;
  if (image.size() < sizeof(header) ||
      reinterpret_cast<uintptr_t>(image.data()) % alignof(Header) != 0) {
    return absl::DataLossError("emoji table: too short or not aligned");
  }
  std::memcpy(&header, image.data(), sizeof(header));
  if (header.magic != kMagic) return absl::DataLossError("emoji table: not one of this format");
  if (header.block_count == 0 || header.node_count == 0 || header.edge_bits == 0 ||
      header.edge_bits > kMaxEdgeBits) {
    return absl::DataLossError("emoji table: damaged header");
  }
  const size_t points_at = sizeof(header) + kPageCount;
  const size_t nodes_at = points_at + header.block_count * kBlockSize * sizeof(uint32_t);
  const size_t edges_at = nodes_at + size_t{header.node_count} * sizeof(Node);
  const size_t edge_count = size_t{1} << header.edge_bits;
  if (image.size() != edges_at + edge_count * sizeof(uint64_t) ||
      header.longest_probe > edge_count) {
    return absl::DataLossError("emoji table: size and header disagree");
  }

  EmojiTable table;
  table.pages_ = reinterpret_cast<const uint8_t*>(image.data() + sizeof(header));
  table.points_ = reinterpret_cast<const uint32_t*>(image.data() + points_at);
  table.nodes_ = reinterpret_cast<const Node*>(image.data() + nodes_at);
  table.edges_ = reinterpret_cast<const uint64_t*>(image.data() + edges_at);
  table.node_count_ = header.node_count;
  table.edge_bits_ = header.edge_bits;
  table.longest_probe_ = header.longest_probe;
  table.key_limit_ = header.key_limit;
  std::bitset<256> leads;
  for (size_t byte = 0; byte < leads.size(); ++byte) {
    leads[byte] = header.leads[byte / 64] >> (byte % 64) & 1;
  }
  table.leads_ = ByteSet(leads);
  // Checked once here, so that At, which every code point of a message pays for, need not.
  const uint8_t last_block = *std::max_element(table.pages_, table.pages_ + kPageCount);
  if (last_block >= header.block_count) {
    return absl::DataLossError("emoji table: a page refers to no block");
  }
  return table;
}

std::optional<EmojiTable::Found> EmojiTable::Find(std::string_view utf8) const {
  State state = kRoot;
  for (size_t at = 0; at < utf8.size() && state != kDead;) {
    const DecodedCodePoint c = DecodeUtf8(utf8, at);
    if (c.value != kVariationSelector16) state = Step(state, c.value);
    at = c.end;
  }
  return KeyAt(state);
}

}  // namespace signalbook
