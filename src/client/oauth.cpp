// Client credentials (RFC 6749 section 4.4) with a secret or a JWT assertion (RFC 7523 section 2.2). The assertion is
// signed by whoever gives it, scimkit::oauth from the box: this library needs no JOSE for those who have a token.
#include <scimkit/client/credentials.hpp>
#include <scimkit/core/base64.hpp>
#include <scimkit/core/json.hpp>
#include <scimkit/core/text.hpp>

#include "error_answer.hpp"
#include "remote.hpp"
#include "secret.hpp"
#include "url.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace scimkit::client
{

namespace
{

using Clock = std::chrono::steady_clock;

constexpr std::size_t max_said_bytes = 300;            // of what a token endpoint says about an error; cut
constexpr std::uint64_t longest_life = 30 * 24 * 3600; // seconds that a token is believed to live

class ClientCredentials final : public CredentialSource
{
public:
    explicit ClientCredentials(OAuthOptions options)
        : options_(std::move(options))
    {
    }

    bool renewable() const noexcept override { return true; }

    outcome<std::string> authorization(Transport& transport, bool renew) override
    {
        std::lock_guard const lock{mutex_};
        // Of several threads that were refused with one token, the first renews it for all.
        bool const fresh = Clock::now() - asked_ < std::chrono::seconds{5};
        if (!token_.empty() && Clock::now() < renew_at_ && (!renew || fresh))
            return "Bearer " + token_;
        if (auto asked = ask_for_token(transport); !asked)
            return asked.error();
        return "Bearer " + token_;
    }

private:
    static void parameter(std::string& form, std::string_view name, std::string_view value)
    {
        if (!form.empty())
            form += '&';
        form += name;
        form += '=';
        append_encoded(form, value);
    }

    outcome<HttpRequest> request() const
    {
        HttpRequest request{"POST", options_.token_url};
        request.timeout = options_.timeout;
        request.max_response_bytes = options_.max_answer_bytes;
        parameter(request.body, "grant_type", "client_credentials");
        if (!options_.scope.empty())
            parameter(request.body, "scope", options_.scope);
        if (!options_.audience.empty())
            parameter(request.body, "audience", options_.audience);
        auto const secret = ask(options_.assertion ? options_.assertion : options_.secret);
        if (!secret)
            return secret.error();
        if (options_.assertion)
        {
            parameter(request.body, "client_id", options_.client_id);
            parameter(request.body, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
            parameter(request.body, "client_assertion", *secret);
        }
        else if (options_.secret_in_body)
        {
            parameter(request.body, "client_id", options_.client_id);
            parameter(request.body, "client_secret", *secret);
        }
        else
        {
            std::string pair; // both encoded as in a form (RFC 6749 section 2.3.1)
            append_encoded(pair, options_.client_id);
            pair += ':';
            append_encoded(pair, *secret);
            request.headers.push_back({"Authorization", "Basic " + encode_base64(pair)});
        }
        request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
        request.headers.push_back({"Accept", "application/json"});
        return request;
    }

    outcome<void> ask_for_token(Transport& transport)
    {
        if (auto const why = refuse_url(options_.token_url, false); !why.empty())
            return no_credentials("The URL of the token endpoint " + std::string{why} + ".");
        auto const asked = request();
        if (!asked)
            return asked.error();
        auto const answer = transport.send(*asked);
        if (!answer)
        {
            auto failure = answer.error();
            failure.error.detail = "token endpoint: " + failure.error.detail;
            failure.sent = false; // the operation itself was not
            return failure;
        }
        return read(*answer);
    }

    outcome<void> read(HttpResponse const& answer)
    {
        auto const body = parse_json(answer.body, {options_.max_answer_bytes, 8, 1'000});
        if (answer.status != 200)
        {
            std::string said = "The token endpoint answered HTTP " + std::to_string(answer.status);
            if (body && body->is_object())
                for (auto const* const name : {"error", "error_description"})
                    if (auto const text = text_at(body->get_object(), name); !text.empty())
                        said += ", " + clean_text(text, max_said_bytes);
            if (!said.ends_with('.'))
                said += '.';
            auto failure = no_credentials(std::move(said));
            failure.status = answer.status;
            return failure;
        }
        if (!body || !body->is_object())
            return no_credentials("The token endpoint answered with something that is no JSON object.");
        auto const& object = body->get_object();
        auto const token = text_at(object, "access_token");
        if (token.empty() || token.find_first_of("\r\n ") != std::string_view::npos)
            return no_credentials("The answer of the token endpoint has no access_token.");
        if (auto const type = text_at(object, "token_type");
            !type.empty() && !equal_ascii_ignoring_case(type, "Bearer"))
            return no_credentials("The token endpoint gives tokens of another type than Bearer.");
        std::uint64_t life = 300; // where it is not said
        if (auto const* const said = find_name(object, "expires_in"))
            (void)whole_number(*said, life);
        auto const seconds = std::chrono::seconds{std::min(life, longest_life)};
        token_ = token;
        asked_ = Clock::now();
        renew_at_ = asked_ + std::max(seconds - options_.renew_before, seconds / 2);
        return {};
    }

    OAuthOptions options_;
    std::mutex mutex_;
    std::string token_;
    Clock::time_point asked_{};
    Clock::time_point renew_at_{};
};

} // namespace

std::shared_ptr<CredentialSource> client_credentials(OAuthOptions options)
{
    return std::make_shared<ClientCredentials>(std::move(options));
}

} // namespace scimkit::client
