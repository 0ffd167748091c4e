# The app, and the workers of its Dask cluster: the same image, so that all have the same version.
FROM python:3.11-slim

# PyTorch for processors; for NVIDIA's GPUs name https://download.pytorch.org/whl/cu130 instead.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu

WORKDIR /opt/eme
COPY requirements.txt requirements-train.txt ./
RUN pip install --no-cache-dir --index-url "$TORCH_INDEX" \
        $(grep -E '^(torch|torchvision)==' requirements.txt) \
    && pip install --no-cache-dir -r requirements-train.txt

# What fsspec needs for an object storage that clips are kept on: s3fs, gcsfs or adlfs.
ARG STORAGE=""
RUN test -z "$STORAGE" || pip install --no-cache-dir "$STORAGE"

COPY . .
RUN pip install --no-cache-dir --no-deps . \
    && useradd --create-home eme \
    && install --directory --owner eme /srv/eme

USER eme
WORKDIR /home/eme
ENV EME_DATA_DIR=/srv/eme
CMD ["eme", "app", "--host", "0.0.0.0", "--server.headless", "true"]
