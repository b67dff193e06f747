"""The services around Step Functions: S3, DynamoDB, Bedrock, EventBridge."""
