// The one place where seals are put on and looked at, and where every touch of a key is charged, so that nothing can be
// read past them.
#include "access.hpp"

#include "damage.hpp"

namespace scimkit::kv
{
namespace
{

constexpr std::size_t kept_bytes = 64 << 10; ///< of memory for what writes displace, while none do

} // namespace

result<std::optional<std::string_view>> Access::get(std::string_view key)
{
    if (!budget_->spend(Budget::visit + key.size()))
        return budget_->error();
    auto found = reader_->get(key);
    if (!found || !*found)
        return found;
    auto const value = open_seal(key, **found);
    if (!value)
        return damaged_entry(key, names_);
    return value;
}

void Access::displace(std::string_view key, std::optional<std::string_view> value)
{
    displaced_bytes_.append(key);
    if (value)
        displaced_bytes_.append(*value);
    displaced_.push_back({key.size(), value ? value->size() : 0, value.has_value()});
}

result<void> Access::write_down(std::string_view key)
{
    if (marks_ == 0)
        return {};
    auto const before = reader_->get(key);
    if (!before)
        return before.error();
    displace(key, *before);
    return {};
}

result<void> Access::write_sealed(std::string_view key, std::string_view value)
{
    sealed_.assign(value);
    return seal_and_write(key, sealed_);
}

result<void> Access::seal_and_write(std::string_view key, std::string& value)
{
    ++writes_;
    append_seal(value, key);
    return writer_->put(key, value);
}

result<void> Access::prepare_put(std::string_view key, std::size_t value_size, bool is_new)
{
    if (!budget_->spend(cost_of_write + key.size() + value_size))
        return budget_->error();
    if (!is_new)
        return write_down(key);
    if (marks_ != 0)
        displace(key, std::nullopt);
    return {};
}

result<void> Access::put(std::string_view key, std::string_view value)
{
    auto prepared = prepare_put(key, value.size(), false);
    return prepared ? write_sealed(key, value) : prepared;
}

result<void> Access::put_new(std::string_view key, std::string_view value)
{
    auto prepared = prepare_put(key, value.size(), true);
    return prepared ? write_sealed(key, value) : prepared;
}

result<void> Access::seal_and_put(std::string_view key, std::string& value)
{
    auto prepared = prepare_put(key, value.size(), false);
    return prepared ? seal_and_write(key, value) : prepared;
}

result<void> Access::seal_and_put_new(std::string_view key, std::string& value)
{
    auto prepared = prepare_put(key, value.size(), true);
    return prepared ? seal_and_write(key, value) : prepared;
}

result<bool> Access::erase(std::string_view key)
{
    if (!budget_->spend(cost_of_write + key.size()))
        return budget_->error();
    if (auto written = write_down(key); !written)
        return written.error();
    ++writes_;
    return writer_->erase(key);
}

result<bool> Access::erase_empty(std::string_view key)
{
    if (!budget_->spend(cost_of_write + key.size()))
        return budget_->error();
    ++writes_;
    auto erased = writer_->erase(key);
    if (marks_ != 0 && erased && *erased)
    {
        std::string value;
        append_seal(value, key);
        displace(key, value);
    }
    return erased;
}

std::size_t Access::mark()
{
    ++marks_;
    return displaced_.size();
}

void Access::release(std::size_t)
{
    if (--marks_ != 0)
        return; // an outer mark may need them
    displaced_.clear();
    displaced_bytes_.clear();
    if (displaced_bytes_.capacity() <= kept_bytes)
        return;
    displaced_.shrink_to_fit();
    displaced_bytes_.shrink_to_fit();
}

result<void> Access::undo(std::size_t mark)
{
    result<void> undone;
    while (undone && displaced_.size() > mark)
    {
        Displaced const last = displaced_.back();
        auto const begin = displaced_bytes_.size() - last.value_size - last.key_size;
        auto const bytes = std::string_view{displaced_bytes_}.substr(begin);
        auto const key = bytes.substr(0, last.key_size);
        ++writes_;
        if (last.was_there)
            undone = writer_->put(key, bytes.substr(last.key_size));
        else if (auto erased = writer_->erase(key); !erased)
            undone = erased.error();
        displaced_.pop_back();
        displaced_bytes_.resize(begin);
    }
    release(mark);
    return undone;
}

result<void> Walk::open()
{
    seen_writes_ = access_->writes();
    if (cursor_)
        return {};
    auto cursor = access_->cursor();
    if (!cursor)
        return cursor.error();
    cursor_ = std::move(*cursor);
    return {};
}

result<bool> Walk::within(result<bool> moved)
{
    if (!moved || !*moved)
        return moved;
    if (Budget& budget = access_->budget(); !budget.spend(Budget::visit + cursor_->key().size()))
        return budget.error();
    if (!cursor_->key().starts_with(prefix_))
        return false;
    if (!open_seal(cursor_->key(), cursor_->value()))
        return damaged_entry(cursor_->key(), access_->names());
    return true;
}

result<bool> Walk::seek(std::string_view key)
{
    if (auto opened = open(); !opened)
        return opened.error();
    return within(cursor_->seek(key));
}

result<bool> Walk::seek_after(std::string_view key)
{
    auto found = seek(key);
    if (found && *found && cursor_->key() == key)
        return within(cursor_->next());
    return found;
}

result<bool> Walk::seek_before(std::string_view key)
{
    if (auto opened = open(); !opened)
        return opened.error();
    return within(cursor_->seek_before(key));
}

void Walk::hold()
{
    if (access_->writable())
        held_.assign(cursor_->key());
}

result<bool> Walk::next()
{
    if (access_->writes() == seen_writes_)
        return within(cursor_->next());
    std::string const place = held_;
    return seek_after(place);
}

result<bool> Walk::previous()
{
    if (access_->writes() == seen_writes_)
        return within(cursor_->previous());
    std::string const place = held_;
    return seek_before(place);
}

} // namespace scimkit::kv
