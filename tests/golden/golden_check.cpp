// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// golden_check [--threads 1,2,3] FILE...: runs the rows of the golden list serially and with pools
// of so many threads, in several memory layouts, and compares every bit. Exit status 1 where a row
// failed.

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>

#include <detops/version.hpp>

#include "golden.hpp"

namespace {

using golden::row;

golden::operations make_table() {
  golden::operations table;
  golden::add_reductions(table);
  golden::add_matmul(table);
  golden::add_math(table);
  golden::add_random(table);
  return table;
}

/// `op [type] [policy] key=value ... -> expected`
row parse(const std::string& line) {
  row r;
  r.text = line;
  const std::size_t arrow = line.find(" -> ");
  if (arrow == std::string::npos) {
    throw std::runtime_error("no \" -> \" in the row");
  }
  r.expected = line.substr(arrow + 4);
  std::istringstream words(line.substr(0, arrow));
  std::string word;
  for (std::string* plain[] = {&r.op, &r.type, &r.policy}; words >> word;) {
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos) {
      r.fields[word.substr(0, equals)] = word.substr(equals + 1);
      continue;
    }
    for (std::string* place : plain) {
      if (place->empty()) {
        *place = word;
        break;
      }
    }
  }
  return r;
}

/// min and max name a reduction and an elementwise operation; only the latter has operands a or x.
std::string table_name(const row& r) {
  const bool elementwise = r.has("a") || r.has("x");
  return (r.op == "min" || r.op == "max") && elementwise ? "elementwise " + r.op : r.op;
}

const char* layout_name(golden::layout place) {
  static constexpr const char* names[] = {"aligned", "shifted", "padded", "column-major", "mixed"};
  return names[static_cast<int>(place)];
}

class checker {
public:
  explicit checker(const std::vector<std::size_t>& threads) {
    for (const std::size_t count : threads) {
      pools_.push_back(std::make_unique<detops::thread_pool>(count));
    }
  }

  void check_file(const std::string& path) {
    std::ifstream file(path);
    if (!file) {
      fail(path, "cannot be opened");
      return;
    }
    const bool is_fingerprint = path.ends_with("fingerprint.txt");
    const std::size_t passed = passed_, failed = failed_;
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line[0] == '#') {
        continue;
      }
      is_fingerprint ? check_version(line) : check_row(line);
    }
    std::cout << path.substr(path.find_last_of('/') + 1) << ": "
              << passed_ - passed + failed_ - failed << " rows, " << failed_ - failed
              << " failed\n";
  }

  std::size_t passed() const { return passed_; }
  std::size_t failed() const { return failed_; }

private:
  /// The file of the list's own fingerprint says for which bits_version the rows are.
  void check_version(const std::string& line) {
    if (!line.starts_with("bits_version ")) {
      return;
    }
    if (std::stoi(line.substr(13)) == detops::bits_version) {
      ++passed_;
    } else {
      fail(line, "the headers have bits_version " + std::to_string(detops::bits_version));
    }
  }

  void check_row(const std::string& line) {
    row r;
    const golden::operation* operation = nullptr;
    try {
      r = parse(line);
      operation = &table_.at(table_name(r));
    } catch (const std::out_of_range&) {
      fail(line, "unknown operation");
      return;
    } catch (const std::exception& error) {
      fail(line, error.what());
      return;
    }
    const bool has_matrix = r.has("rows") || r.has("m");
    for (const golden::layout place : operation->layouts) {
      if (place >= golden::layout::column_major && !has_matrix) {
        continue;
      }
      std::vector<const detops::thread_pool*> executors = {nullptr};
      if (operation->threads) {
        for (const auto& pool : pools_) {
          executors.push_back(pool.get());
        }
      }
      for (const detops::thread_pool* pool : executors) {
        if (!check_trial(r, *operation, {place, pool})) {
          return;
        }
      }
    }
    ++passed_;
  }

  bool check_trial(const row& r, const golden::operation& operation, const golden::trial& how) {
    std::string got;
    try {
      got = operation.run(r, how);
    } catch (const std::exception& error) {
      got = std::string("exception: ") + error.what();
    }
    if (got == r.expected) {
      return true;
    }
    std::ostringstream where;
    where << "got " << got << " (" << layout_name(how.place) << ", ";
    if (how.pool != nullptr) {
      where << how.pool->concurrency() << " threads)";
    } else {
      where << "serial)";
    }
    fail(r.text, where.str());
    return false;
  }

  void fail(const std::string& what, const std::string& why) {
    ++failed_;
    if (failed_ <= 200) {
      std::cout << "FAILED " << what << "\n       " << why << '\n';
    }
  }

  const golden::operations table_ = make_table();
  std::vector<std::unique_ptr<detops::thread_pool>> pools_;
  std::size_t passed_ = 0, failed_ = 0;
};

int usage(std::ostream& out, int status) {
  out << "golden_check [--threads 1,2,3] FILE...\n";
  return status;
}

} // namespace

int main(int argc, char** argv) {
  std::string threads = "1,2,3,7,16";
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--help") {
      return usage(std::cout, 0);
    }
    if (argument == "--threads" && i + 1 < argc) {
      threads = argv[++i];
    } else if (argument.starts_with("--")) {
      return usage(std::cerr, 2);
    } else {
      files.push_back(argument);
    }
  }
  if (files.empty()) {
    return usage(std::cerr, 2);
  }
  try {
    std::vector<std::size_t> counts;
    std::istringstream list(threads);
    for (std::string count; std::getline(list, count, ',');) {
      counts.push_back(std::stoul(count));
    }
    checker check(counts);
    for (const std::string& file : files) {
      check.check_file(file);
    }
    std::cout << detops::isa_name << " threads=" << threads << ' ' << check.passed() << " passed, "
              << check.failed() << " failed\n";
    return check.failed() == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "golden_check: " << error.what() << '\n';
    return 2;
  }
}
