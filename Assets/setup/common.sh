# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Shared by speak and test; sourced, not run. Works before CMake or a compiler is installed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
export LC_ALL=C.UTF-8
HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
export HOME
trap 'exit 130' INT TERM # ninja and ctest handle Ctrl-C themselves: do not go on with the next step
log_dir=$root/build/logs
mkdir -p "$log_dir"
install=yes

# Prints what went wrong and what to do, and exits.
stop()
{
    printf '\n%s: %s\n' "Assets/setup/${0##*/}" "$*" >&2
    exit 2
}

# seconds → "1 h 02 min", "3 min 20 s", "45 s"
duration()
{
    if (($1 >= 3600)); then printf '%d h %02d min' $(($1 / 3600)) $(($1 % 3600 / 60))
    elif (($1 >= 60)); then printf '%d min %02d s' $(($1 / 60)) $(($1 % 60))
    else printf '%d s' "$1"; fi
}

# The packages in Assets/setup/packages that every build needs, and those of the given groups, all of one kind: "debian"
# or "pypi".
packages_of()
{
    local wanted=$1 name group kind
    shift
    while read -r name group; do
        [[ -z $name || $name == \#* ]] && continue
        kind=debian
        [[ $name != *==* ]] || kind=pypi
        [[ $kind == "$wanted" ]] || continue
        [[ -z $group || " $* " == *" $group "* ]] && echo "$name"
    done < Assets/setup/packages
    return 0
}

# The given packages that are not installed. Uses dpkg only: no network, no apt. A name that another package provides
# (g++ by a newer one, say) counts as installed.
missing_packages()
{
    local have
    have=" $(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' |
        sed -n 's/^installed //p' | sed 's/([^)]*)//g; s/[,:]/ /g' | tr '\n' ' ') "
    local name
    for name; do
        [[ $have == *" $name "* ]] || echo "$name"
    done
}

# Prints the path of nvcc of CUDA 13 or later: $CUDACXX, or the one on PATH, or the one installed by NVIDIA's
# packages. If there is none, prints what was found instead and fails.
find_nvcc()
{
    local nvcc release
    nvcc=${CUDACXX:-$(command -v nvcc || echo /usr/local/cuda/bin/nvcc)}
    command -v "$nvcc" > /dev/null || { echo "nvcc was not found"; return 1; }
    release=$("$nvcc" --version 2> /dev/null | sed -n 's/.*release \([0-9]*\)\..*/\1/p')
    ((${release:-0} >= 13)) || { echo "$nvcc belongs to CUDA ${release:-of unknown version}"; return 1; }
    echo "$nvcc"
}

# For --cuda: checks that nvcc is installed before anything is downloaded, then lists what will be downloaded, wheel by
# wheel, unless it is already there.
announce_cuda()
{
    CUDACXX=$(find_nvcc) || stop "$CUDACXX; nothing was downloaded. Install NVIDIA's CUDA toolkit 13 (Debian's own is" \
        "older), then run this again."
    export CUDACXX
    local kept=${TABLEREAD_CACHE:-$HOME/.cache/tableread} folder
    folder=$(echo "$kept"/libtorch-*-cuda)
    [[ -e $folder/lib/libtorch_cuda.so ]] || echo "To download, once: LibTorch with its CUDA part, 544 MB, 950 MB kept."
    [[ ! -e $folder/lib/libnvshmem_host.so.3 ]] || return 0 # the last one to be put in place
    echo "To download, once: the NVIDIA libraries that LibTorch needs besides the driver, 1.8 GB kept in $kept;" \
        "unpacking needs 3.5 GB of free space:"
    sed -n 's/^\([^ #]*\)==\([^ ]*\) .*# \([0-9]*\) bytes$/\1 \2 \3/p' Assets/cmake/cuda-runtime.txt |
        awk '{ printf "  %-24s %-12s %5.0f MB\n", $1, $2, $3 / 1e6; all += $3 }
            END { printf "  %-37s %5.0f MB to download\n", "total", all / 1e6 }'
}

# From now on need_packages only lists.
forbid_install()
{
    install=no
}

# Installs the missing packages of the given groups; with --no-install lists them instead and exits.
need_packages()
{
    command -v dpkg-query > /dev/null ||
        stop "this is not Debian: install your system's equivalents of the packages in Assets/setup/packages, then build" \
            "with \"cmake --workflow --preset release\" (Assets/docs/building.md)."
    local wanted missing
    mapfile -t wanted < <(packages_of debian "$@")
    mapfile -t missing < <(missing_packages "${wanted[@]}")
    ((${#missing[@]})) || return 0

    local sudo=()
    if (($(id -u) != 0)); then
        sudo=(sudo)
    fi
    local line="${sudo[*]:+sudo }apt-get install --no-install-recommends ${missing[*]}"
    if [[ $install == no ]]; then
        printf '%d Debian packages are missing. This command installs them:\n%s\n' "${#missing[@]}" "$line"
        exit 2
    fi
    if ((${#sudo[@]})) && ! command -v sudo > /dev/null; then
        stop "${#missing[@]} Debian packages are missing, you are not root, and there is no sudo." \
            "Run as root: ${line#sudo }"
    fi
    local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0)
    echo "Getting ${#missing[@]} packages from Debian's archive."
    "${apt[@]}" update < /dev/null > "$log_dir/packages.log" 2>&1 || {
        tail -n 20 "$log_dir/packages.log" >&2
        stop "apt-get update failed (see above). Check the network and /etc/apt, then run this again."
    }
    local sizes
    sizes=$("${apt[@]}" --assume-no install --no-install-recommends "${missing[@]}" < /dev/null 2>&1 |
        sed -n 's/^Need to get \(.*\) of archives\.$/\1 to download/p; s/^After this operation, \(.*\) of additional.*/\1 on the disk/p' |
        paste -sd, | sed 's/,/, /') || true
    printf 'Installing Debian packages (%s, dependencies included): %s\n' "${sizes:-size unknown}" "${missing[*]}"
    "${apt[@]}" -y install --no-install-recommends "${missing[@]}" < /dev/null > "$log_dir/packages.log" 2>&1 || {
        tail -n 20 "$log_dir/packages.log" >&2
        stop "apt-get could not install the packages. Check the network and the disk, then run this again, or run" \
            "it yourself: $line"
    }
    mapfile -t missing < <(missing_packages "${wanted[@]}")
    ((${#missing[@]} == 0)) || stop "apt-get reported success, but these are still missing: ${missing[*]}"
}

# Puts the packages of the given groups that are PyPI's into a virtual environment in the cache, where the tests look for
# them, unless they are there in these versions; with --no-install says how and exits.
need_python_packages()
{
    local wanted place=${TABLEREAD_CACHE:-$HOME/.cache/tableread}/python
    mapfile -t wanted < <(packages_of pypi "$@")
    ((${#wanted[@]})) || return 0
    [[ $(cat "$place/installed" 2> /dev/null) != "${wanted[*]}" ]] || return 0
    if [[ $install == no ]]; then
        printf 'Packages of PyPI are missing. These commands install them:\n%s\n%s\n%s\n' "python3 -m venv --clear $place" \
            "$place/bin/python3 -m pip install ${wanted[*]}" "echo ${wanted[*]} > $place/installed"
        exit 2
    fi
    echo "Getting ${wanted[*]} from PyPI, with what it needs, into $place."
    if ! { python3 -m venv --clear "$place" && "$place/bin/python3" -m pip install -q --disable-pip-version-check "${wanted[@]}"; } \
        < /dev/null > "$log_dir/python.log" 2>&1; then
        tail -n 20 "$log_dir/python.log" >&2
        stop "the packages could not be installed from PyPI (see above). Check the network and the disk, then run this again."
    fi
    echo "${wanted[*]}" > "$place/installed"
}
