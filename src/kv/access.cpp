// The one place where seals are put on and looked at, and where every touch of a key is charged, so that nothing can be
// read past them.
#include "access.hpp"

#include "damage.hpp"

namespace scimkit::kv
{

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

result<void> Access::put(std::string_view key, std::string_view value)
{
    if (!budget_->spend(cost_of_write + key.size() + value.size()))
        return budget_->error();
    ++writes_;
    sealed_.assign(value);
    append_seal(sealed_, key);
    return writer_->put(key, sealed_);
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

} // namespace scimkit::kv
