// Access: an engine's transaction as the rest of the room uses it, and Walk, a cursor that stays within a prefix and
// survives writes in between. All that the room does to keys passes through here, so here it is charged: no loop over
// stored data escapes the budget of its request.
#pragma once

#include <scimkit/core/budget.hpp>
#include <scimkit/kv/engine.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace scimkit::kv
{

/// A reader, or a writer that counts its writes.
class Access
{
public:
    /// `budget` outlives this.
    Access(Reader& reader, Budget& budget) noexcept
        : reader_(&reader)
        , budget_(&budget)
    {
    }
    Access(Writer& writer, Budget& budget) noexcept
        : reader_(&writer)
        , writer_(&writer)
        , budget_(&budget)
    {
    }

    /// Besides the engine's errors: those of the budget.
    result<std::optional<std::string_view>> get(std::string_view key)
    {
        if (!budget_->spend(Budget::visit + key.size()))
            return budget_->error();
        return reader_->get(key);
    }
    result<std::unique_ptr<Cursor>> cursor() { return reader_->cursor(); }

    /// Only over a Writer.
    result<void> put(std::string_view key, std::string_view value)
    {
        if (!budget_->spend(cost_of_write + key.size() + value.size()))
            return budget_->error();
        ++writes_;
        return writer_->put(key, value);
    }
    result<bool> erase(std::string_view key)
    {
        if (!budget_->spend(cost_of_write + key.size()))
            return budget_->error();
        ++writes_;
        return writer_->erase(key);
    }

    bool writable() const noexcept { return writer_ != nullptr; }
    std::uint64_t writes() const noexcept { return writes_; }
    Budget& budget() const noexcept { return *budget_; }

private:
    static constexpr std::uint64_t cost_of_write = 8 * Budget::visit;

    Reader* reader_;
    Writer* writer_ = nullptr;
    Budget* budget_;
    std::uint64_t writes_ = 0;
};

/// The keys that begin with `prefix`, in order. Each step is charged; what is done with a value is its reader's charge.
class Walk
{
public:
    Walk(Access& access, std::string prefix)
        : access_(&access)
        , prefix_(std::move(prefix))
    {
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

    /// Remembers the place: call it before anything that may write.
    void hold();

    std::string_view key() const { return cursor_->key(); }
    std::string_view value() const { return cursor_->value(); }
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
