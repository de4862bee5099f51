// AdminPassword: the administrator's password, as a file that holds its hash and whether another has to be chosen
// first.
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/security/password.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace server
{

/// Threading: all functions from any number of threads; choose() by one at a time.
class AdminPassword
{
public:
    enum class Verdict
    {
        wrong,
        right,
        one_time ///< right, and another one has to be chosen
    };

    /// What a look at a password says, and the record that it was compared with: the password is in force as long as
    /// that is record().
    struct Look
    {
        Verdict verdict = Verdict::wrong;
        std::string record;
    };

    explicit AdminPassword(std::string file);

    /// Takes some 20 ms, whether there is a password or not.
    Look look(std::string_view password) const;

    /// The line of the file, with the hash in it. Empty if there is none. Never wait for long.
    std::string record() const;

    /// From now on `password` is the one, and no more for one time. Errors: invalid_value (too short, the one before;
    /// a sentence for the administrator), unavailable (the file cannot be written).
    scimkit::result<void> choose(std::string_view password) const;

    /// Writes the hash of a new random password, which opens nothing until another is chosen, and returns it: it is
    /// shown once. Errors: unavailable.
    static scimkit::result<std::string> reset(std::string const& file);

private:
    std::string file_;
    std::shared_ptr<scimkit::PasswordHasher> hasher_;
    std::string nobodys_hash_; ///< compared with where there is no password, for the time that it takes
};

} // namespace server
