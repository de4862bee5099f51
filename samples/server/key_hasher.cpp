// Keys are random and long: a fast hash guards them, and is what they are looked up by. What signs webhooks, and what
// is shown to receivers of events, has to be known again: it is sealed. Which it is can be seen.
#include "key_hasher.hpp"

#include <scimkit/security/api_key.hpp>

#include "invalid.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace server
{

using scimkit::result;

namespace
{

class KeyHasher final : public scimkit::PasswordHasher
{
public:
    explicit KeyHasher(std::shared_ptr<Sealing const> sealing)
        : sealing_(std::move(sealing))
    {
    }

    result<std::string> hash(std::string_view key) override
    {
        if (key.starts_with("whsec_") || key.starts_with("Bearer "))
            return sealing_->seal(key);
        if (!scimkit::is_api_key(key))
            return invalid("A key or secret has to be one as scimkit-server --new-token makes it, of a webhook whsec_ "
                           "and Base64, and eventPushAuthorization Bearer and a token.");
        auto const record = scimkit::make_key_record(key, {});
        return record ? result<std::string>{"sha256:" + record->sha256} : record.error();
    }

    bool verify(std::string_view stored, std::string_view key) override
    {
        if (stored.starts_with(sealed_prefix))
            return sealing_->seals(stored, key);
        auto const made = hash(key);
        return made && *made == stored;
    }

private:
    std::shared_ptr<Sealing const> sealing_;
};

} // namespace

std::shared_ptr<scimkit::PasswordHasher> key_hasher(std::shared_ptr<Sealing const> sealing)
{
    return std::make_shared<KeyHasher>(std::move(sealing));
}

} // namespace server
