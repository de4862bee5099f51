// Reads as the service itself does: a transaction of the store, a bound filter, a query.
#include "sign_in.hpp"

#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/filter.hpp>

#include <utility>

namespace sample
{

using namespace scimkit;

result<Accounts> Accounts::open(std::shared_ptr<ResourceStore> store, std::shared_ptr<SchemaRegistry const> registry,
                                std::shared_ptr<PasswordHasher> hasher, std::string tenant)
{
    auto attachment = store->attach(std::move(registry));
    if (!attachment)
        return attachment.error();
    auto nobodys_hash = hasher->hash("the password of nobody");
    if (!nobodys_hash)
        return nobodys_hash.error();
    Accounts accounts;
    accounts.store_ = std::move(store);
    accounts.attachment_ = *std::move(attachment);
    accounts.hasher_ = std::move(hasher);
    accounts.tenant_ = std::move(tenant);
    accounts.nobodys_hash_ = *std::move(nobodys_hash);
    return accounts;
}

result<std::optional<Resource>> Accounts::find_user(std::string_view user_name) const
{
    ResourceType const& user = *attachment_->registry().find_resource_type("User");
    std::string text = "userName eq ";
    write_json_string(text, user_name); // whatever is in it stays a literal
    auto const parsed = parse_filter(text);
    auto const filter = parsed ? bind(*parsed, user) : result<BoundFilter>{parsed.error()};
    if (!filter)
        return std::optional<Resource>{}; // too long to be anybody's, or no text

    Query::Source const source{.type = &user, .filter = &*filter};
    std::optional<Resource> found;
    auto const read = store_->read(*attachment_, tenant_, {.actor = "sign-in"},
                                   [&](ReadTransaction& transaction) -> result<void>
                                   {
                                       auto page = run_query(transaction, {.sources = {&source, 1}, .limit = 1});
                                       if (!page)
                                           return page.error();
                                       found.reset(); // a store may run this again
                                       if (!page->resources.empty())
                                           found = std::move(page->resources.front());
                                       return {};
                                   });
    return read ? result<std::optional<Resource>>{std::move(found)} : read.error();
}

result<bool> Accounts::may_sign_in(std::string_view user_name, std::string_view password) const
{
    auto const user = find_user(user_name);
    if (!user)
        return user.error();
    auto const* stored = *user ? (*user)->attributes.if_contains("password") : nullptr;
    auto const* active = *user ? (*user)->attributes.if_contains("active") : nullptr;
    bool const is_text = stored && stored->is_string();
    std::string_view const hash = is_text ? std::string_view{stored->get_string()} : std::string_view{nobodys_hash_};
    bool const is_right = hasher_->verify(hash, password); // always, for the time that it takes
    return is_right && is_text && active && active->is_bool() && active->get_bool();
}

} // namespace sample
