// One request on one connection: an administrator types, so nothing has to be fast.
#include "admin_client.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <chrono>
#include <fstream>
#include <sys/socket.h>
#include <sys/time.h>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;
namespace json = scimkit::json;
namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace
{

constexpr std::size_t max_answer_bytes = std::size_t{16} << 20; // of the administration; more is refused

Error failed(std::string detail) { return {ErrorCode::unavailable, std::move(detail)}; }

/// Blocking reads and writes end after ten seconds.
void set_patience(asio::ip::tcp::socket& socket)
{
    timeval const patience{.tv_sec = 10, .tv_usec = 0};
    for (int const option : {SO_RCVTIMEO, SO_SNDTIMEO})
        ::setsockopt(socket.native_handle(), SOL_SOCKET, option, &patience, sizeof patience);
}

result<json::object> read_answer(http::response<http::string_body> const& answer)
{
    auto const& body = answer.body();
    if (body.empty())
        return json::object{};
    auto parsed = scimkit::parse_json(body);
    if (!parsed || !parsed->is_object())
        return failed("the answer is not SCIM: is the URL that of the administration?");
    auto& object = parsed->get_object();
    if (answer.result_int() < 300)
        return std::move(object);
    auto const* const detail = object.if_contains("detail");
    return failed(detail && detail->is_string() ? std::string{detail->get_string()}
                                                : "status " + std::to_string(answer.result_int()) + ".");
}

} // namespace

result<AdminClient> AdminAccess::open() const
{
    if (!key.empty())
        return AdminClient::create(url, key);
    std::string read;
    std::ifstream stream{key_file};
    if (!key_file.empty() && std::getline(stream, read) && !read.empty())
        return AdminClient::create(url, read);
    return Error{ErrorCode::invalid_value,
                 "who are you? Give the administration's key in SCIMKIT_ADMIN_KEY or with --key-file."};
}

void declare(CLI::App& app, AdminAccess& access)
{
    app.add_option("--url", access.url, "The administration's SCIM root")->type_name("URL")->capture_default_str();
    app.add_option("--key-file", access.key_file, "A file whose first line is the administration's key")
        ->type_name("FILE");
    app.add_option("--key", access.key)->envname("SCIMKIT_ADMIN_KEY")->group(""); // others can read a command line
}

std::string percent_encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (char const c : text)
    {
        auto const byte = static_cast<unsigned char>(c);
        bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '_' || c == '.' || c == '~';
        if (plain)
            encoded += c;
        else
            encoded.append({'%', digits[byte >> 4], digits[byte & 15U]});
    }
    return encoded;
}

result<AdminClient> AdminClient::create(std::string const& url, std::string key)
{
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme))
        return Error{ErrorCode::invalid_value,
                     "--url has to begin with http://: the administration listens on this machine alone."};
    AdminClient client;
    auto const slash = url.find('/', scheme.size());
    auto const authority = url.substr(scheme.size(), slash - scheme.size());
    auto const colon = authority.rfind(':');
    if (colon == std::string::npos || slash == std::string::npos)
        return Error{ErrorCode::invalid_value,
                     "--url needs a port and a path, as \"http://127.0.0.1:8090/admin/scim/v2\"."};
    client.host_ = authority.substr(0, colon);
    if (client.host_.starts_with('[') && client.host_.ends_with(']'))
        client.host_ = client.host_.substr(1, client.host_.size() - 2);
    client.port_ = authority.substr(colon + 1);
    client.prefix_ = url.substr(slash);
    while (client.prefix_.ends_with('/'))
        client.prefix_.pop_back();
    client.key_ = std::move(key);
    return client;
}

result<json::object> AdminClient::send(std::string_view method, std::string const& path, json::value const& body) const
{
    try
    {
        asio::io_context context;
        asio::ip::tcp::socket socket{context};
        asio::connect(socket, asio::ip::tcp::resolver{context}.resolve(host_, port_));
        set_patience(socket);
        http::request<http::string_body> request;
        request.method_string(method);
        request.target(prefix_ + path);
        request.set(http::field::host, host_);
        request.set(http::field::authorization, "Bearer " + key_);
        request.set(http::field::connection, "close");
        if (!body.is_null())
        {
            request.set(http::field::content_type, "application/scim+json");
            scimkit::write_json(request.body(), body);
        }
        request.prepare_payload();
        http::write(socket, request);
        boost::beast::flat_buffer buffer;
        http::response_parser<http::string_body> parser;
        parser.body_limit(max_answer_bytes);
        http::read(socket, buffer, parser);
        return read_answer(parser.get());
    }
    catch (boost::system::system_error const& error)
    {
        return failed("no answer from " + host_ + " port " + port_ + ": " + error.code().message() + ".");
    }
}

result<void> AdminClient::for_each_page(std::string const& query,
                                        scimkit::function_ref<result<void>(json::array const&)> take) const
{
    std::string cursor;
    do
    {
        auto const page = send("GET", query + "&cursor=" + percent_encoded(cursor));
        if (!page)
            return page.error();
        auto const* const resources = page->if_contains("Resources");
        if (resources && resources->is_array())
            if (auto taken = take(resources->get_array()); !taken)
                return taken;
        auto const* const next = page->if_contains("nextCursor");
        cursor = next && next->is_string() ? std::string{next->get_string()} : std::string{};
    } while (!cursor.empty());
    return {};
}

} // namespace server
