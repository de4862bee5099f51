// For applications that authenticate in front of SCIM: without a Principal in the request nobody comes in, so that a
// way around the front is no way in. The challenge of its 401 is that of the front (RFC 9110 section 11.6.1).
#include <scimkit/security/authentication.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace scimkit
{
namespace
{

class PrincipalRequired final : public Authenticator
{
public:
    explicit PrincipalRequired(FrontAuthentication front)
        : front_(std::move(front))
    {
        bool const can_be_sent = std::ranges::all_of(front_.challenge, [](char c) { return c >= ' ' && c < '\x7f'; });
        if (front_.challenge.empty() || !can_be_sent)
            throw std::invalid_argument("principal_required: a challenge is printable ASCII, and not empty");
    }

    // Only asked where the application has handed over nobody. Credentials are the front's matter.
    result<Principal> authenticate(Credentials const&) override
    {
        return Error{ErrorCode::unauthorized, "Authentication is required."};
    }

    bool may_block() const noexcept override { return false; }
    std::string challenge() const override { return front_.challenge; }
    std::vector<AuthenticationScheme> schemes() const override { return front_.schemes; }

private:
    FrontAuthentication front_;
};

} // namespace

std::shared_ptr<Authenticator> principal_required(FrontAuthentication front)
{
    return std::make_shared<PrincipalRequired>(std::move(front));
}

} // namespace scimkit
