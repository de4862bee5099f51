// Anonymous requests (RFC 7644 sections 2.2 and 7.6) are a decision that somebody takes in so many words, never what
// happens when nothing is configured.
#include <scimkit/security/authentication.hpp>

#include <utility>

namespace scimkit
{
namespace
{

class NoAuthentication final : public Authenticator
{
public:
    explicit NoAuthentication(std::string subject)
        : subject_(std::move(subject))
    {
    }

    result<Principal> authenticate(Credentials const&) override { return Principal{.subject = subject_}; }

    // Nobody is ever refused, so there is nothing to challenge with and nothing true to announce.
    std::string challenge() const override { return {}; }
    bool may_block() const noexcept override { return false; }
    std::vector<AuthenticationScheme> schemes() const override { return {}; }

private:
    std::string subject_;
};

} // namespace

std::shared_ptr<Authenticator> no_authentication(std::string subject)
{
    return std::make_shared<NoAuthentication>(std::move(subject));
}

} // namespace scimkit
