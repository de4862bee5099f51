// The services under test: one over each store, all with the same clock and the same ids, so that their answers can be
// compared byte for byte.
#pragma once

#include <scimkit/service/async_requests.hpp>
#include <scimkit/service/service.hpp>

#include "sequence.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace scimkit::model
{

/// Time and ids are what the sequence says; asked for by who carries out asynchronous requests too.
class StepEnvironment final : public Environment
{
public:
    Instant now() override
    {
        std::scoped_lock const lock{mutex_};
        return time_;
    }
    std::string new_id() override
    {
        std::scoped_lock const lock{mutex_};
        return next_ < ids_.size() ? ids_[next_++] : std::string{"none"};
    }
    /// `ids` in the order in which they are asked for.
    void set(Instant time, std::vector<std::string> ids)
    {
        std::scoped_lock const lock{mutex_};
        time_ = time;
        ids_ = std::move(ids);
        next_ = 0;
    }
    /// What was asked for is asked for once more.
    void give_ids_again()
    {
        std::scoped_lock const lock{mutex_};
        next_ = 0;
    }

private:
    std::mutex mutex_{};
    Instant time_{};
    std::vector<std::string> ids_{};
    std::size_t next_ = 0;
};

/// One service over one store. Each sequence has a tenant of its own.
class Lane
{
public:
    Lane(std::string name, std::shared_ptr<ResourceStore> store, std::shared_ptr<SchemaRegistry const> registry,
         Mode mode);

    void begin(std::string tenant);

    /// The answer. That to an asynchronous request is what became of it (RFC 9967 section 2.5.1), as the answer would
    /// have been, but for its body: that of a Bulk has all, all others none, whether the store can wait or not.
    Response send(Step const& step, std::int64_t now);

    std::string const& name() const { return name_; }
    /// Whether its store can take back a part of a transaction; what a Bulk does depends on it.
    bool has_savepoints() const { return name_ != "small store"; }
    /// Whether its store keeps a change log, so that there are delta queries.
    bool has_log() const { return has_savepoints(); }

    /// For tests of the fuzzer: spoils answers.
    std::function<void(Step const&, Response&)> spoil{};

    /// What a resource's entity tag is now, and what it was before: filled into headers.
    struct Tags
    {
        std::string current{};
        std::string old{};
    };
    std::map<std::string, Tags> tags{};
    std::map<std::string, std::string> tokens{}; ///< of delta queries, by the names that steps give them

private:
    struct Running; // the service, and what carries out its asynchronous requests

    std::string with_tags(std::string text) const;
    std::string with_versions(std::string const& bulk) const;
    std::string with_token(std::string text) const;
    Response ask(Request const& request);
    Response outcome(Response const& accepted, Principal const& who);

    std::string name_;
    std::string tenant_;
    std::shared_ptr<StepEnvironment> environment_;
    std::shared_ptr<Running> running_;
};

/// Memory, LMDB and a small store in one mode; PostgreSQL too if SCIMKIT_FUZZ_POSTGRESQL is set.
class Lanes
{
public:
    /// Makes its databases below `directory`, which it empties.
    Lanes(std::filesystem::path directory, Mode mode);
    ~Lanes();
    Lanes(Lanes const&) = delete;
    Lanes& operator=(Lanes const&) = delete;

    std::vector<Lane>& all() { return lanes_; }
    Types const& types() const { return types_; }

    /// A tenant that nobody has used yet. Now and then the stores are made anew, so that they stay small.
    void begin_sequence();

private:
    void make_stores();

    std::filesystem::path directory_;
    Mode mode_;
    std::shared_ptr<SchemaRegistry const> registry_;
    Types types_;
    std::vector<Lane> lanes_;
    int sequences_ = 0;
};

/// A place for databases that does not wait for a disk, where there is one; of this process.
std::filesystem::path working_directory();

inline constexpr std::string_view root_url = "https://example.com/v2";

} // namespace scimkit::model
