// A receiver that could not take a token gets the same again, until it takes it: tokens of a tenant come in order.
#include "event_push.hpp"

#include "invalid.hpp"

#include <fstream>
#include <utility>

namespace server
{

using scimkit::result;

namespace
{

/// False: there is no token.
result<bool> post(Outgoing const& outgoing, std::string const& authorization, result<std::string> token)
{
    if (!token)
        return std::move(token).error();
    if (token->empty())
        return false;
    std::vector<scimkit::ResponseHeader> headers{{"Content-Type", "application/secevent+jwt"},
                                                 {"Accept", "application/json"}};
    if (!authorization.empty())
        headers.push_back({"Authorization", authorization});
    auto const posted = outgoing.post(std::move(headers), std::move(*token));
    return posted ? result<bool>{true} : posted.error();
}

} // namespace

result<std::string> read_push_token(std::string const& file)
{
    std::string token;
    std::ifstream stream{file};
    if (!std::getline(stream, token) || token.empty() || token.find_first_of("\r\t ") != std::string::npos)
        return invalid("--event-push-token-file " + file + " has no token in its first line, or cannot be read.");
    return "Bearer " + token;
}

Posting event_posting(Configuration const& configuration)
{
    Posting posting{.reader = std::string{push_reader}, .what = "an event", .own_types = true, .change = {}, .gap = {}};
    posting.change = [token_of = configuration.event_token](Outgoing const& outgoing, std::string const& authorization,
                                                            scimkit::LoggedChange const& change)
    { return post(outgoing, authorization, token_of(change)); };
    posting.gap = [token_of = configuration.gap_token](Outgoing const& outgoing, std::string const& authorization,
                                                       scimkit::LogGap const& gap)
    { return post(outgoing, authorization, token_of(gap)); };
    return posting;
}

} // namespace server
