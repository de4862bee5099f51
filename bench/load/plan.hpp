// What a load consists of, as a file describes it:
//
//     {"port": 8080, "token": "...", "connections": 64, "seconds": 10, "seed": 7,
//      "rate": 5000,                             // requests a second, come what may (open loop); 0: as fast as they
//      are
//                                                // answered (closed loop)
//      "window": 60,                             // seconds that figures are told for apart; 0: only for the whole
//      "values": {"id": "ids.txt", "name": ["a", "b"]},   // a file has one value a line
//      "requests": [{"name": "get", "weight": 80, "method": "GET", "path": "/scim/v2/Users/{id}"},
//                   {"name": "post", "weight": 2, "method": "POST", "path": "/scim/v2/Users",
//                    "body": "{\"userName\":\"{new}\"}"},
//                   {"name": "in and out", "weight": 1, "steps": [{"method": ...}, {"method": ...}]}]}
//
// {id} stands for one of the values, at random, the same one in all steps; {new} for a text that no request had before.
// Each connection has its own part of the values where there are enough, so that two never write the same thing. Steps
// follow each other on one connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace load
{

/// Text with places for values.
struct Template
{
    struct Piece
    {
        std::string text;
        std::string value; ///< its name; empty: none follows
    };
    std::vector<Piece> pieces;
};

struct Message
{
    std::string method;
    Template path;
    Template body;
};

struct Kind
{
    std::string name;
    double weight;
    std::vector<Message> steps;
};

struct Plan
{
    std::uint16_t port = 0;
    Template token; ///< of the credentials of each request
    std::size_t connections = 1;
    double seconds = 1;
    double rate = 0;
    double window = 0;
    std::uint64_t seed = 0;
    std::map<std::string, std::vector<std::string>> values;
    std::vector<Kind> kinds;
    std::string run; ///< begins each {new}; differs from run to run
};

/// Throws std::runtime_error, in one line, where the file cannot be read or means nothing.
Plan read_plan(std::string const& file);

/// What one connection asks, one message after the other; the same for the same seed but for {new}.
class Script
{
public:
    /// Keeps a reference to the plan.
    Script(Plan const& plan, std::size_t connection);

    /// Puts the bytes of the next message in `out`; which of the plan's kinds it is.
    std::size_t next(std::string& out);

private:
    void choose();
    std::string const& value(std::string const& name);
    void fill(std::string& out, Template const& text, bool encoded);

    Plan const* plan_;
    std::size_t connection_;
    std::mt19937_64 random_;
    double weights_ = 0;
    std::size_t kind_ = 0;
    std::size_t step_ = 0;
    std::size_t made_ = 0;
    std::map<std::string, std::string> chosen_{}; ///< for the steps of the present request
};

} // namespace load
