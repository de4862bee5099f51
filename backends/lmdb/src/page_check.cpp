// What is looked at: that each page that is reached has its own number and kind and is reached once, that nodes lie
// within their page, that keys ascend, that the tree is as deep as it says everywhere, that no page is both free and in
// use, that the two roots are of commits that follow each other, and the number of entries.
#include "page_check.hpp"

#include "directory.hpp"
#include "lmdb_error.hpp"
#include "page_format.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace scimkit::lmdb
{
namespace
{

class PageCheck
{
public:
    PageCheck(FileDescriptor const& file, std::uint64_t file_bytes, SeeEntry see)
        : file_(file)
        , file_bytes_(file_bytes)
        , see_(see)
    {
    }

    result<void> run(bool whole)
    {
        auto const known = read_metas();
        if (!known)
            return known.error();
        if (!*known)
            return {};
        if (meta_.last_page < 1 || meta_.last_page >= file_bytes_ / page_bytes_ + longest_hole)
            return damaged("the last page", meta_.last_page);
        seen_.assign(static_cast<std::size_t>(meta_.last_page) + 1, false);
        seen_[0] = seen_[1] = true;
        if (auto data = walk_tree(1, whole); !data)
            return data;
        return walk_tree(0, true);
    }

private:
    // Pages that were freed before they were ever written may lie beyond the end of a sound file.
    static constexpr std::uint64_t longest_hole = std::uint64_t{1} << 24;

    static Error damaged(std::string_view what, std::uint64_t page)
    {
        return {ErrorCode::corrupt, "the database is damaged: page " + std::to_string(page) + ", " + std::string{what} +
                                        ". Restore it from a backup."};
    }

    result<void> read_at(std::uint64_t offset, char* to, std::size_t bytes) const
    {
        while (bytes > 0)
        {
            auto const size = ::pread(file_.get(), to, bytes, static_cast<off_t>(offset));
            if (size < 0 && errno == EINTR)
                continue;
            if (size < 0)
                return lmdb_error(errno, "pread");
            if (size == 0)
                return damaged("beyond the end of the file", page_bytes_ == 0 ? 0 : offset / page_bytes_);
            to += size;
            offset += static_cast<std::uint64_t>(size);
            bytes -= static_cast<std::size_t>(size);
        }
        return {};
    }

    /// False: LMDB has its own words for this file.
    result<bool> read_metas()
    {
        std::array<Meta, 2> metas;
        for (std::size_t i = 0; i < metas.size(); ++i)
        {
            std::array<char, header_bytes + sizeof(Meta)> bytes{};
            std::uint64_t const offset = i * metas[0].trees[0].page_bytes;
            if (file_bytes_ < offset + bytes.size())
                return false;
            if (auto done = read_at(offset, bytes.data(), bytes.size()); !done)
                return done.error();
            std::memcpy(&metas[i], bytes.data() + header_bytes, sizeof(Meta));
            bool const is_meta = (read<std::uint16_t>(bytes.data() + 10) & flag::meta) != 0;
            if (!is_meta || metas[i].magic != magic || metas[i].version != data_version)
                return false;
            auto const size = metas[i].trees[0].page_bytes;
            if (size < 512 || size > 65536 || (size & (size - 1)) != 0 || size != metas[0].trees[0].page_bytes)
                return damaged("of a size that is none", i);
            if (read<std::uint64_t>(bytes.data()) != i)
                return damaged("a root in another's place", i);
        }
        page_bytes_ = metas[0].trees[0].page_bytes;
        return choose(metas);
    }

    /// The newer one counts, as for LMDB. Each commit writes the root whose parity it has: two that do not follow each
    /// other mean that one of them is not what was written.
    result<bool> choose(std::array<Meta, 2> const& metas)
    {
        auto const first = metas[0].transaction;
        auto const second = metas[1].transaction;
        bool const fresh = first == 0 && second == 0;
        bool const follow = first + 1 == second || second + 1 == first;
        if (!fresh && (!follow || first % 2 != 0))
            return damaged("the roots are not of commits that follow each other", 0);
        meta_ = metas[second > first ? 1 : 0];
        return meta_.trees[1].flags == 0; // else another application's
    }

    result<void> take(std::uint64_t page, std::string_view what)
    {
        if (page > meta_.last_page)
            return damaged(what, page);
        if (seen_[static_cast<std::size_t>(page)])
            return damaged("in use twice", page);
        seen_[static_cast<std::size_t>(page)] = true;
        return {};
    }

    result<void> walk_tree(std::size_t which, bool whole)
    {
        Tree const& tree = meta_.trees[which];
        bound_.reset();
        free_tree_ = which == 0;
        whole_ = whole;
        entries_ = 0;
        last_key_.reset();
        if (tree.root == no_page)
            return tree.entries == 0 && tree.depth == 0 ? result<void>{} : damaged("a tree without a root", which);
        if (tree.depth == 0 || tree.depth > most_levels)
            return damaged("a tree of impossible depth", which);
        pages_.resize(tree.depth);
        if (auto walked = walk_page(tree.root, 0, tree.depth); !walked)
            return walked;
        if (whole && entries_ != tree.entries)
            return damaged("a tree with another number of entries than it says", which);
        return {};
    }

    result<void> walk_page(std::uint64_t page, std::size_t level, std::size_t depth)
    {
        bool const is_leaf = level + 1 == depth;
        if (auto taken = take(page, "beyond the last one"); !taken)
            return taken;
        if (is_leaf && !whole_)
            return {};
        std::vector<char>& bytes = pages_[level];
        bytes.resize(page_bytes_);
        if (auto done = read_at(page * page_bytes_, bytes.data(), page_bytes_); !done)
            return done;
        auto const flags = read<std::uint16_t>(bytes.data() + 10) & ~flag::dirty;
        auto const lower = read<std::uint16_t>(bytes.data() + 12);
        auto const upper = read<std::uint16_t>(bytes.data() + 14);
        if (read<std::uint64_t>(bytes.data()) != page)
            return damaged("another page is in its place", page);
        if (flags != (is_leaf ? flag::leaf : flag::branch))
            return damaged("of another kind than it has to be", page);
        if (lower < header_bytes || lower % 2 != 0 || lower > upper || upper > page_bytes_)
            return damaged("its header contradicts itself", page);
        std::size_t const count = (lower - header_bytes) / 2;
        if (count < (is_leaf ? 1U : 2U))
            return damaged("without entries", page);
        if (!is_packed(bytes, count, upper, is_leaf))
            return damaged("its nodes do not fill the room that it says", page);
        return is_leaf ? walk_leaf(page, bytes, count, upper) : walk_branch(page, level, depth, count, upper);
    }

    /// LMDB leaves no gaps: the nodes together fill the end of their page.
    bool is_packed(std::vector<char> const& bytes, std::size_t count, std::size_t upper, bool is_leaf) const
    {
        std::size_t filled = 0;
        for (std::size_t i = 0; i < count; ++i)
        {
            auto const offset = node_of(bytes, i, upper);
            if (!offset)
                return false;
            char const* const node = bytes.data() + *offset;
            std::size_t size = node_bytes + read<std::uint16_t>(node + 6);
            if (is_leaf && read<std::uint16_t>(node + 4) == flag::node_overflow)
                size += sizeof(std::uint64_t);
            else if (is_leaf)
                size += value_bytes(node);
            filled += size + size % 2;
        }
        return filled == page_bytes_ - upper;
    }

    static std::size_t value_bytes(char const* node)
    {
        return read<std::uint16_t>(node) | static_cast<std::size_t>(read<std::uint16_t>(node + 2)) << 16;
    }

    /// The node's offset; nothing if it lies outside of the page.
    std::optional<std::size_t> node_of(std::vector<char> const& bytes, std::size_t i, std::size_t upper) const
    {
        std::size_t const offset = read<std::uint16_t>(bytes.data() + header_bytes + 2 * i);
        if (offset < upper || offset % 2 != 0 || offset + node_bytes > page_bytes_ ||
            offset + node_bytes + read<std::uint16_t>(bytes.data() + offset + 6) > page_bytes_)
            return std::nullopt;
        return offset;
    }

    static std::string_view key_of(char const* node)
    {
        return bytes_at(node + node_bytes, read<std::uint16_t>(node + 6));
    }

    result<void> walk_branch(std::uint64_t page, std::size_t level, std::size_t depth, std::size_t count,
                             std::size_t upper)
    {
        for (std::size_t i = 0; i < count; ++i)
        {
            std::vector<char> const& bytes = pages_[level];
            auto const node = node_of(bytes, i, upper);
            if (!node)
                return damaged("a node beyond its end", page);
            char const* const place = bytes.data() + *node;
            std::uint64_t const child = read<std::uint16_t>(place) |
                                        static_cast<std::uint64_t>(read<std::uint16_t>(place + 2)) << 16 |
                                        static_cast<std::uint64_t>(read<std::uint16_t>(place + 4)) << 32;
            // The first key of a branch is of no matter. The others stand between what is left and right of them.
            if (i > 0)
            {
                if (last_key_ && !less(*last_key_, key_of(place)))
                    return damaged("its keys do not ascend", page);
                (whole_ ? bound_ : last_key_) = std::string{key_of(place)};
            }
            if (auto walked = walk_page(child, level + 1, depth); !walked)
                return walked;
        }
        return {};
    }

    result<void> walk_leaf(std::uint64_t page, std::vector<char> const& bytes, std::size_t count, std::size_t upper)
    {
        for (std::size_t i = 0; i < count; ++i)
        {
            auto const node = node_of(bytes, i, upper);
            if (!node)
                return damaged("a node beyond its end", page);
            char const* const place = bytes.data() + *node;
            std::string_view const key = key_of(place);
            if (key.empty() || (last_key_ && !less(*last_key_, key)) || (bound_ && less(key, *bound_)))
                return damaged("its keys do not ascend", page);
            last_key_ = std::string{key};
            bound_.reset();
            if (auto seen = see_node(page, place, key, bytes.data() + page_bytes_); !seen)
                return seen;
            ++entries_;
        }
        return {};
    }

    result<void> see_node(std::uint64_t page, char const* node, std::string_view key, char const* end)
    {
        auto const flags = read<std::uint16_t>(node + 4);
        std::size_t const size = read<std::uint16_t>(node) | static_cast<std::size_t>(read<std::uint16_t>(node + 2))
                                                                 << 16;
        char const* const data = node + node_bytes + key.size();
        std::size_t const here = flags == flag::node_overflow ? sizeof(std::uint64_t) : size;
        if ((flags & ~flag::node_overflow) != 0 || here > static_cast<std::size_t>(end - data))
            return damaged("a value beyond its end", page);
        if (flags == 0)
            return see_value(page, key, bytes_at(data, size));
        auto const value = read_overflow(read<std::uint64_t>(data), size);
        return value ? see_value(page, key, bytes_at(value_.data() + header_bytes, size)) : value;
    }

    result<void> read_overflow(std::uint64_t first, std::size_t size)
    {
        if (first > meta_.last_page || header_bytes + size > file_bytes_)
            return damaged("of a value, beyond the last one", first);
        value_.resize(header_bytes + size);
        if (auto done = read_at(first * page_bytes_, value_.data(), value_.size()); !done)
            return done;
        if (read<std::uint64_t>(value_.data()) != first)
            return damaged("another page is in its place", first);
        // A value that was made shorter within its transaction keeps the pages that it had.
        std::uint64_t const count = read<std::uint32_t>(value_.data() + 12);
        if ((read<std::uint16_t>(value_.data() + 10) & ~flag::dirty) != flag::overflow ||
            count * page_bytes_ < value_.size())
            return damaged("its header contradicts itself", first);
        for (std::uint64_t page = first; page < first + count; ++page)
            if (auto taken = take(page, "of a value, beyond the last one"); !taken)
                return taken;
        return {};
    }

    result<void> see_value(std::uint64_t page, std::string_view key, std::string_view value)
    {
        if (!free_tree_)
        {
            see_(key, value);
            return {};
        }
        // Free pages: how many, then their numbers, the last one first.
        if (key.size() != sizeof(std::uint64_t) || value.size() < sizeof(std::uint64_t))
            return damaged("no list of free pages", page);
        auto const count = read<std::uint64_t>(value.data());
        if (count > value.size() / sizeof(std::uint64_t) - 1)
            return damaged("no list of free pages", page);
        std::uint64_t before = no_page;
        for (std::uint64_t i = 1; i <= count; ++i)
        {
            auto const number = read<std::uint64_t>(value.data() + i * sizeof(std::uint64_t));
            if (number >= before)
                return damaged("a list of free pages without order", page);
            if (auto taken = take(number, "free, beyond the last one"); !taken)
                return taken;
            before = number;
        }
        return {};
    }

    bool less(std::string_view a, std::string_view b) const
    {
        if (!free_tree_)
            return a < b; // as unsigned bytes, the shorter first
        return a.size() == sizeof(std::uint64_t) && b.size() == sizeof(std::uint64_t) &&
               read<std::uint64_t>(a.data()) < read<std::uint64_t>(b.data());
    }

    FileDescriptor const& file_;
    std::uint64_t file_bytes_;
    SeeEntry see_;
    std::size_t page_bytes_ = 0;
    Meta meta_{};
    std::vector<bool> seen_{}; // by page: in use or free
    bool free_tree_ = false;
    bool whole_ = true;
    std::uint64_t entries_ = 0;
    std::optional<std::string> last_key_{};  // of the leaves so far
    std::optional<std::string> bound_{};     // what the next leaf must not begin below
    std::vector<std::vector<char>> pages_{}; // one for each level
    std::vector<char> value_{};
};

} // namespace

result<void> check_pages(std::filesystem::path const& file, std::uint64_t whole_up_to, SeeEntry see)
{
    if (whole_up_to == 0)
        return {};
    FileDescriptor const descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (descriptor.get() < 0)
        return errno == ENOENT ? result<void>{} : lmdb_error(errno, "open");
    struct stat status = {};
    if (::fstat(descriptor.get(), &status) != 0)
        return lmdb_error(errno, "fstat");
    auto const bytes = static_cast<std::uint64_t>(status.st_size);
    return PageCheck{descriptor, bytes, see}.run(bytes <= whole_up_to);
}

} // namespace scimkit::lmdb
