// An application's own access to what SCIM writes, from inside the same program: find a user, check a password.
#pragma once

#include <scimkit/scimkit.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sample
{

/// Beside a Service: over the same store, with the same registry.
///
/// Threading: any number of threads at once. Lifetimes: keeps store, registry and hasher alive.
class Accounts
{
public:
    /// Of what the service was created with. Errors: those of the store.
    static scimkit::result<Accounts> open(std::shared_ptr<scimkit::ResourceStore> store,
                                          std::shared_ptr<scimkit::SchemaRegistry const> registry,
                                          std::shared_ptr<scimkit::PasswordHasher> hasher,
                                          std::string tenant = "default");

    /// The user of that name, in any letter case, or nothing. Errors: those of the store.
    scimkit::result<std::optional<scimkit::Resource>> find_user(std::string_view user_name) const;

    /// Whether an active user has that name and that password. Takes about as long where there is no such user, so that
    /// nobody learns who there is. Errors: those of the store.
    scimkit::result<bool> may_sign_in(std::string_view user_name, std::string_view password) const;

private:
    Accounts() = default;

    std::shared_ptr<scimkit::ResourceStore> store_;
    std::shared_ptr<scimkit::Attachment const> attachment_;
    std::shared_ptr<scimkit::PasswordHasher> hasher_;
    std::string tenant_;
    std::string nobodys_hash_;
};

} // namespace sample
