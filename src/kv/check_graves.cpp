// What lies in graves is not missed by anybody, and is no fault. A grave is one where what it buries lives.
#include "check.hpp"
#include "element_steps.hpp"
#include "graves.hpp"

namespace scimkit::kv
{

bool Check::in_grave(NameNumber attribute, std::string_view owner) const
{
    return !graves_.empty() && graves_.contains(session_.keys().grave(attribute, owner));
}

result<void> Check::check_graves()
{
    return each(session_.keys().graves(),
                [&](std::string_view key, std::optional<std::string_view> value) { return check_grave(key, value); });
}

result<void> Check::check_grave(std::string_view key, std::optional<std::string_view> value)
{
    ++report_.entries;
    std::string_view rest = key.substr(session_.keys().graves().size());
    auto const named = take_owner(rest);
    auto const generation = named ? generation_of_owner(named->owner) : std::nullopt;
    if (!generation || !rest.empty())
    {
        mend(words(key) + " is of nothing", std::string{key}, std::nullopt);
        return {};
    }
    auto const found = look(session_.keys().element_count(named->attribute, id_of_owner(named->owner)));
    if (!found)
        return found.error();
    auto const count = found->state == Entry::there ? decode_element_count(found->value)
                                                    : result<ElementCount>{Error{ErrorCode::corrupt, {}}};
    bool const lives = count && count->generation == *generation;
    if (!value && lives) // its key may have named another's
    {
        mend(words(key) + " is damaged, and what it names is there", std::string{key}, std::nullopt);
        return {};
    }
    graves_.emplace(key);
    if (!value)
        mend(words(key) + " is damaged", std::string{key}, "");
    else if (lives)
        find(words(key) + " has elements that are said to be there", false);
    return {};
}

} // namespace scimkit::kv
