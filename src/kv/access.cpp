// Walk: every move of a cursor, charged.
#include "access.hpp"

namespace scimkit::kv
{

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
    return cursor_->key().starts_with(prefix_);
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
