// The two simple ways to be let in; OAuth is in oauth.cpp.
#include <scimkit/client/credentials.hpp>
#include <scimkit/core/base64.hpp>

#include "secret.hpp"

#include <mutex>
#include <utility>

namespace scimkit::client
{

namespace
{

class Simple : public CredentialSource
{
public:
    explicit Simple(Secret secret)
        : secret_(std::move(secret))
    {
    }

    bool renewable() const noexcept override { return true; }

protected:
    /// Asked for once, since a command may be behind it; and again when it was refused.
    outcome<std::string> secret(bool renew)
    {
        std::lock_guard const lock{mutex_};
        if (!value_.empty() && !renew)
            return value_;
        auto asked = ask(secret_);
        if (asked)
            value_ = *asked;
        return asked;
    }

private:
    Secret secret_;
    std::mutex mutex_;
    std::string value_;
};

class Bearer final : public Simple
{
public:
    using Simple::Simple;

    outcome<std::string> authorization(Transport&, bool renew) override
    {
        auto token = secret(renew);
        if (!token)
            return token.error();
        return "Bearer " + *token;
    }
};

class Basic final : public Simple
{
public:
    Basic(std::string user, Secret password)
        : Simple(std::move(password))
        , user_(std::move(user))
    {
    }

    outcome<std::string> authorization(Transport&, bool renew) override
    {
        auto password = secret(renew);
        if (!password)
            return password.error();
        return "Basic " + encode_base64(user_ + ":" + *password);
    }

private:
    std::string user_;
};

} // namespace

Failure no_credentials(std::string detail)
{
    return {FailureKind::credentials, {ErrorCode::unauthorized, std::move(detail)}, 0, false};
}

outcome<std::string> ask(Secret const& secret)
{
    if (!secret)
        return no_credentials("No secret was given.");
    auto value = secret();
    if (!value)
        return value.error();
    if (value->empty())
        return no_credentials("The secret is empty.");
    for (char const c : *value)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) // it would end the header, and begin another
            return no_credentials("The secret has a line break or another control character in it.");
    return value;
}

Secret known(std::string value)
{
    return [value = std::move(value)]() -> outcome<std::string> { return value; };
}

Secret secret_of(std::function<result<std::string>()> make)
{
    return [make = std::move(make)]() -> outcome<std::string>
    {
        auto made = make ? make() : result<std::string>{Error{ErrorCode::invalid_value, "No secret was given."}};
        if (!made)
            return no_credentials(std::move(made.error().detail));
        return std::move(*made);
    };
}

std::shared_ptr<CredentialSource> bearer(Secret token) { return std::make_shared<Bearer>(std::move(token)); }

std::shared_ptr<CredentialSource> basic(std::string user, Secret password)
{
    return std::make_shared<Basic>(std::move(user), std::move(password));
}

} // namespace scimkit::client
