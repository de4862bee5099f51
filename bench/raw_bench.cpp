// LMDB itself, without anything of ours around it: what a GET and a PATCH of many members are measured against.
#include <benchmark/benchmark.h>
#include <lmdb.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

constexpr std::size_t records = 1'000;    // as many as there are users in the fixture of the service
constexpr std::size_t record_bytes = 900; // of a user, as it is stored

void check(int code)
{
    if (code != 0)
        throw std::runtime_error{mdb_strerror(code)};
}

std::string key_of(std::size_t number, char const* prefix)
{
    return prefix + std::string{"-2819c223-7f76-453a-919d-"} + std::to_string(100'000'000'000 + number * 7'919);
}

MDB_val as_value(std::string& text) { return {text.size(), text.data()}; }

/// A database of its own in a temporary directory; each commit waits for the disk.
class Database
{
public:
    Database()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "scimkit-bench-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
        check(mdb_env_create(&environment_));
        check(mdb_env_set_mapsize(environment_, std::size_t{1} << 32));
        check(mdb_env_open(environment_, path_.c_str(), 0, 0600));
        put(records, record_bytes, "r");
    }
    ~Database()
    {
        mdb_env_close(environment_);
        std::filesystem::remove_all(path_);
    }
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;

    void put(std::size_t count, std::size_t bytes, char const* prefix)
    {
        MDB_txn* transaction = nullptr;
        check(mdb_txn_begin(environment_, nullptr, 0, &transaction));
        check(mdb_dbi_open(transaction, nullptr, 0, &dbi_));
        std::string text(bytes, 'x');
        for (std::size_t i = 0; i < count; ++i)
        {
            std::string key = key_of(i, prefix);
            MDB_val name = as_value(key), value = as_value(text);
            check(mdb_put(transaction, dbi_, &name, &value, 0));
        }
        check(mdb_txn_commit(transaction));
    }

    MDB_txn* reader() const
    {
        MDB_txn* transaction = nullptr;
        check(mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction));
        return transaction;
    }
    MDB_dbi dbi() const { return dbi_; }

private:
    std::filesystem::path path_;
    MDB_env* environment_ = nullptr;
    MDB_dbi dbi_ = 0;
};

/// One key of a thousand in a snapshot of its own, as each request has one; the reader is kept, as in the store.
void raw_lmdb_get(benchmark::State& state)
{
    Database const database;
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < records; ++i)
        keys.push_back(key_of(i, "r"));
    std::minstd_rand random{7};
    MDB_txn* const reader = database.reader();
    std::string copy;
    for (auto _ : state)
    {
        mdb_txn_reset(reader);
        check(mdb_txn_renew(reader));
        MDB_val name = as_value(keys[random() % records]), value{};
        check(mdb_get(reader, database.dbi(), &name, &value));
        benchmark::DoNotOptimize(copy.assign(static_cast<char const*>(value.mv_data), value.mv_size));
    }
    mdb_txn_abort(reader);
}
BENCHMARK(raw_lmdb_get);

/// A thousand values of 100 bytes in one commit, over those that are there from the round before.
void raw_lmdb_thousand_puts(benchmark::State& state)
{
    Database database;
    for (auto _ : state)
        database.put(1'000, 100, "m");
}
BENCHMARK(raw_lmdb_thousand_puts)->UseRealTime();

} // namespace
