#!/bin/bash
# Copies a site to a server and keeps the last five releases. (A script as one finds them: shellcheck has a few words about it.)
HOST=$1
RELEASE=`date +%Y%m%d%H%M%S`
TARGET=/srv/www/releases/$RELEASE

if [ -z $HOST ]; then
  echo "usage: deploy.sh host"
  exit
fi

cd build
FILES=$(ls *.html *.css *.js)
for f in $FILES; do
  if [ $(cat $f | grep -c "http://") > 0 ]; then
    echo "warning: $f has plain http links"
  fi
done

ssh $HOST "mkdir -p $TARGET"
scp -r * $HOST:$TARGET
ssh $HOST "ln -sfn $TARGET /srv/www/current"

OLD=$(ssh $HOST ls /srv/www/releases | head -n -5)
for release in $OLD; do
  ssh $HOST rm -rf /srv/www/releases/$release
done

if [ $? -ne 0 ]; then
  echo "deploy failed"
fi
