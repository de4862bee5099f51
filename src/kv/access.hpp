// Access: an engine's transaction as the rest of the room uses it, and Walk, a cursor that stays within a prefix and
// survives writes in between. Both give out only what its seal vouches for (seal.hpp): every value that is read in this
// room, and every key that is walked over, comes through here. So here it is charged, too: no loop over stored data
// escapes the budget of its request. And here is written down what writes displace, so that a part of a transaction can
// be undone.
#pragma once

#include <scimkit/core/budget.hpp>
#include <scimkit/kv/engine.hpp>

#include "seal.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scimkit::kv
{

/// A reader, or a writer that counts its writes. `names` are those of the catalogue, for errors; they outlive this.
class Access
{
public:
    /// `budget` outlives this, and so do `names`, for the errors about what is damaged.
    Access(Reader& reader, Budget& budget, std::span<std::string const> names = {}) noexcept
        : reader_(&reader)
        , budget_(&budget)
        , names_(names)
    {
    }
    Access(Writer& writer, Budget& budget, std::span<std::string const> names = {}) noexcept
        : reader_(&writer)
        , writer_(&writer)
        , budget_(&budget)
        , names_(names)
    {
    }

    /// Errors: those of the engine and of the budget; corrupt, naming the entry, if the seal of the value does not fit.
    result<std::optional<std::string_view>> get(std::string_view key);

    /// The entry of the catalogue, which has a checksum of its own.
    result<std::optional<std::string_view>> get_unsealed(std::string_view key) { return reader_->get(key); }

    /// Knows no seals, and stands anywhere: it has to seek first.
    result<std::unique_ptr<Cursor>> cursor()
    {
        return spare_ ? result<std::unique_ptr<Cursor>>{std::move(spare_)} : reader_->cursor();
    }
    /// Keeps it for the next who asks, among readers: a page opens one for each resource. A writer's ends with its
    /// walk, since none may outlive the transaction.
    void give_back(std::unique_ptr<Cursor> cursor) noexcept
    {
        if (!writer_)
            spare_ = std::move(cursor);
    }

    /// Only over a Writer. `value` may be a view of what the transaction has read.
    result<void> put(std::string_view key, std::string_view value);
    /// The same where the caller knows that the key is not there.
    result<void> put_new(std::string_view key, std::string_view value);
    /// The same two with a value that gets its seal where it is, behind it: no copy is made of a large one.
    result<void> seal_and_put(std::string_view key, std::string& value);
    result<void> seal_and_put_new(std::string_view key, std::string& value);
    result<bool> erase(std::string_view key);
    /// The same where the caller knows that the value, if there is one, is empty.
    result<bool> erase_empty(std::string_view key);

    /// From here on it is written down what writes displace, until the mark is released or undone; the last one first.
    std::size_t mark();
    void release(std::size_t mark);
    /// Puts everything back as it was at the mark, and releases it. Charged to nobody: it must not end in the middle.
    /// Errors: those of the engine; then the transaction is past help.
    result<void> undo(std::size_t mark);

    bool writable() const noexcept { return writer_ != nullptr; }
    std::size_t others_waiting() const noexcept { return writer_ ? writer_->others_waiting() : 0; }
    std::uint64_t writes() const noexcept { return writes_; }
    std::span<std::string const> names() const noexcept { return names_; }
    Budget& budget() const noexcept { return *budget_; }

private:
    static constexpr std::uint64_t cost_of_write = 8 * Budget::visit;

    /// One key, and what was there: its bytes are in displaced_bytes_, behind those of the one before, first the key.
    struct Displaced
    {
        std::size_t key_size;
        std::size_t value_size; // as it was stored, seal included
        bool was_there;
    };

    void displace(std::string_view key, std::optional<std::string_view> value);
    result<void> write_down(std::string_view key);
    result<void> prepare_put(std::string_view key, std::size_t value_size, bool is_new);
    result<void> write_sealed(std::string_view key, std::string_view value);
    result<void> seal_and_write(std::string_view key, std::string& value);

    Reader* reader_;
    Writer* writer_ = nullptr;
    Budget* budget_;
    std::span<std::string const> names_;
    std::unique_ptr<Cursor> spare_{};
    std::uint64_t writes_ = 0;
    std::string sealed_{}; // the value that is being written; kept for its memory
    std::size_t marks_ = 0;
    std::vector<Displaced> displaced_{};
    std::string displaced_bytes_{};
};

/// The keys that begin with `prefix`, in order. A move to an entry whose seal does not fit is an error: corrupt, naming
/// the entry. Each step is charged; what is done with a value is its reader's charge.
class Walk
{
public:
    Walk(Access& access, std::string prefix)
        : access_(&access)
        , prefix_(std::move(prefix))
    {
    }
    Walk(Walk&&) noexcept = default;
    Walk& operator=(Walk&&) noexcept = default;
    ~Walk()
    {
        if (cursor_)
            access_->give_back(std::move(cursor_));
    }

    /// To the first key, or to the first key >= `key`, which begins with the prefix. False: there is none.
    result<bool> first() { return seek(prefix_); }
    result<bool> seek(std::string_view key);
    /// To the first key > `key`.
    result<bool> seek_after(std::string_view key);
    /// To the last key < `key`.
    result<bool> seek_before(std::string_view key);
    /// To the next key, also if the transaction has written since hold().
    result<bool> next();
    /// To the key before, likewise.
    result<bool> previous();

    /// Remembers the place: call it before anything that may write.
    void hold();

    std::string_view key() const { return cursor_->key(); }
    std::string_view value() const
    {
        auto const sealed = cursor_->value();
        return sealed.substr(0, sealed.size() - seal_bytes); // looked at when the cursor moved here
    }
    /// The key without the prefix.
    std::string_view rest() const { return cursor_->key().substr(prefix_.size()); }
    std::string const& prefix() const noexcept { return prefix_; }

private:
    result<void> open();
    result<bool> within(result<bool> moved);

    Access* access_;
    std::string prefix_;
    std::unique_ptr<Cursor> cursor_{};
    std::string held_{};
    std::uint64_t seen_writes_ = 0;
};

} // namespace scimkit::kv
