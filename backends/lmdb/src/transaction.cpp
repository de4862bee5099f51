// LMDB's C interface behind kv::Reader and kv::Writer: bytes are views until the next write, and the first failed
// write is remembered, since LMDB has given the transaction up then, whatever the body makes of it.
#include "transaction.hpp"

#include "lmdb_error.hpp"

#include <cassert>
#include <string>

namespace scimkit::lmdb
{
namespace
{

constexpr std::size_t max_value_bytes = std::size_t{1} << 31;

MDB_val to_val(std::string_view bytes) noexcept
{
    // LMDB takes all input as void*; it does not write through it.
    return {bytes.size(), const_cast<char*>(bytes.data())};
}

std::string_view to_view(MDB_val const& value) noexcept
{
    return {static_cast<char const*>(value.mv_data), value.mv_size};
}

struct CloseCursor
{
    void operator()(MDB_cursor* cursor) const noexcept { mdb_cursor_close(cursor); }
};
using CursorHandle = std::unique_ptr<MDB_cursor, CloseCursor>;

class LmdbCursor final : public kv::Cursor
{
public:
    LmdbCursor(CursorHandle handle, std::uint64_t const& writes) noexcept
        : handle_(std::move(handle))
        , writes_(writes)
    {
    }

    result<bool> seek(std::string_view key) override
    {
        if (key.empty()) // LMDB knows no empty keys; all others come after it
            return move(MDB_FIRST);
        key_ = to_val(key);
        return move(MDB_SET_RANGE);
    }

    result<bool> seek_before(std::string_view key) override
    {
        standing_ = false;
        if (key.empty())
            return false;
        auto const found = seek(key);
        if (!found)
            return found;
        return move(*found ? MDB_PREV : MDB_LAST);
    }

    result<bool> next() override { return step(MDB_NEXT); }
    result<bool> previous() override { return step(MDB_PREV); }

    std::string_view key() const override
    {
        assert(standing_ && seen_writes_ == writes_);
        return to_view(key_);
    }

    std::string_view value() const override
    {
        assert(standing_ && seen_writes_ == writes_);
        return to_view(value_);
    }

private:
    // LMDB would let MDB_NEXT of a cursor that stands nowhere begin at an end of the database.
    result<bool> step(MDB_cursor_op operation)
    {
        if (seen_writes_ != writes_)
            return Error{ErrorCode::internal, "A cursor was moved after a write without a new seek."};
        if (!standing_)
            return false;
        return move(operation);
    }

    result<bool> move(MDB_cursor_op operation)
    {
        int const error = mdb_cursor_get(handle_.get(), &key_, &value_, operation);
        seen_writes_ = writes_;
        standing_ = error == 0;
        if (error != 0 && error != MDB_NOTFOUND)
            return lmdb_error(error, "mdb_cursor_get");
        return standing_;
    }

    CursorHandle handle_;
    std::uint64_t const& writes_;
    std::uint64_t seen_writes_ = writes_;
    bool standing_ = false;
    MDB_val key_{};
    MDB_val value_{};
};

} // namespace

template <class Interface>
result<std::optional<std::string_view>> Transaction<Interface>::get(std::string_view key)
{
    auto wanted = to_val(key);
    MDB_val found{};
    int const error = key.empty() ? MDB_NOTFOUND : mdb_get(handle_, database_, &wanted, &found);
    if (error == 0)
        return std::optional{to_view(found)};
    if (error == MDB_NOTFOUND)
        return std::optional<std::string_view>{};
    return lmdb_error(error, "mdb_get");
}

template <class Interface>
result<std::unique_ptr<kv::Cursor>> Transaction<Interface>::cursor()
{
    MDB_cursor* handle = nullptr;
    if (int const error = mdb_cursor_open(handle_, database_, &handle); error != 0)
        return lmdb_error(error, "mdb_cursor_open");
    return std::unique_ptr<kv::Cursor>{std::make_unique<LmdbCursor>(CursorHandle{handle}, writes_)};
}

template class Transaction<kv::Reader>;
template class Transaction<kv::Writer>;

result<void> WriteTransaction::put(std::string_view key, std::string_view value)
{
    if (key.empty() || key.size() > max_key_size_)
        return Error{ErrorCode::internal, "A key of " + std::to_string(key.size()) + " bytes cannot be stored."};
    if (value.size() > max_value_bytes)
        return Error{ErrorCode::internal, "A value of more than 2 GiB cannot be stored."};
    ++writes_;
    auto const replaced = size_of_entry(key);
    if (!replaced)
        return replaced.error();
    auto key_value = to_val(key);
    auto data_value = to_val(value);
    if (int const error = mdb_put(handle_, database_, &key_value, &data_value, 0); error != 0)
        return fail(error, "mdb_put");
    if (measure_growth_)
        growth_ += static_cast<std::int64_t>(key.size() + value.size()) - *replaced;
    return {};
}

result<bool> WriteTransaction::erase(std::string_view key)
{
    ++writes_;
    if (key.empty())
        return false;
    auto const removed = size_of_entry(key);
    if (!removed)
        return removed.error();
    auto key_value = to_val(key);
    int const error = mdb_del(handle_, database_, &key_value, nullptr);
    if (error == MDB_NOTFOUND)
        return false;
    if (error != 0)
        return fail(error, "mdb_del");
    growth_ -= *removed;
    return true;
}

// Key and value of the entry, 0 when there is none.
result<std::int64_t> WriteTransaction::size_of_entry(std::string_view key)
{
    if (!measure_growth_)
        return 0;
    auto const value = get(key);
    if (!value)
        return value.error();
    return *value ? static_cast<std::int64_t>(key.size() + (*value)->size()) : 0;
}

Error WriteTransaction::fail(int number, char const* call)
{
    if (failure_ == 0)
    {
        failure_ = number;
        failed_call_ = call;
    }
    return lmdb_error(failure_, failed_call_);
}

} // namespace scimkit::lmdb
