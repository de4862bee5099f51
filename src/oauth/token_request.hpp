// What a request to the token endpoint says, before anything of it is believed.
#pragma once

#include <scimkit/service/message.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace scimkit::oauth
{

using Form = std::map<std::string, std::string, std::less<>>;

/// application/x-www-form-urlencoded. Nothing: it is none, a name is there twice (RFC 6749 section 3.2), or there are
/// too many. Parameters without a value are as if they were not there.
std::optional<Form> parse_form(std::string_view body);

/// An error of RFC 6749 section 5.2: `error`, and a sentence for whoever sets the client up.
Response refusal(int status, std::string_view error, std::string_view description);

/// How a client says who it is. Exactly one of secret and assertion.
struct Claimed
{
    std::string client; ///< empty with an assertion, unless client_id is there as well
    std::optional<std::string> secret{};
    std::optional<std::string> assertion{};
};

/// Nothing, and `answer`: it says so in no way, in more than one, or not well.
std::optional<Claimed> claimed(Request const& request, Form const& form, Response& answer);

/// The answer to whoever is not let in.
Response not_let_in();

} // namespace scimkit::oauth
