"""The error names that AWS gives, with where each is from. Any other is one of this project's classes."""

_ERROR_HANDLING = "Step Functions developer guide, concepts-error-handling"
_LAMBDA = "Step Functions developer guide, connect-lambda and bp-lambda-serviceexception"
_NESTED = "Step Functions developer guide, concepts-nested-workflows"
# An optimized integration names an error after its class in the AWS SDK for Java 1, under the service's
# prefix; what has no class of its own, as throttling of StartExecution, is the service's base class.
_JAVA_SDK = "AWS SDK for Java 1, com.amazonaws.services."
# An SDK integration (aws-sdk:sfn:…) names an error after its class in the AWS SDK for Java 2, under that SDK's name
# of the service; the developer guide, supported-services-awssdk.
_JAVA_SDK_2 = "AWS SDK for Java 2, software.amazon.awssdk."

DOCUMENTED = {
    "States.ALL": _ERROR_HANDLING,
    "States.DataLimitExceeded": _ERROR_HANDLING,
    "States.QueryEvaluationError": _ERROR_HANDLING,
    "States.Timeout": _ERROR_HANDLING,
    "Lambda.AWSLambdaException": _LAMBDA,
    "Lambda.ClientExecutionTimeoutException": _LAMBDA,
    "Lambda.ResourceNotFoundException": _JAVA_SDK + "lambda.model",
    "Lambda.SdkClientException": _LAMBDA,
    "Lambda.ServiceException": _LAMBDA,
    "Lambda.TooManyRequestsException": _LAMBDA,
    "Lambda.Unknown": _ERROR_HANDLING,
    "Runtime.ExitError": "Lambda developer guide, troubleshooting-execution: the function's process has ended",
    "Sandbox.Timedout": _ERROR_HANDLING,
    "StepFunctions.AWSStepFunctionsException": _JAVA_SDK + "stepfunctions.model",
    "Sfn.SdkClientException": _JAVA_SDK_2 + "core.exception: no connection to the service",
    "Sfn.SfnException": _JAVA_SDK_2 + "services.sfn.model",
    "Sfn.ThrottlingException": "Step Functions API reference, CommonErrors",
    "StepFunctions.ExecutionAlreadyExists": _NESTED,
    "StepFunctions.ExecutionAlreadyExistsException": _JAVA_SDK + "stepfunctions.model",
    "StepFunctions.ExecutionLimitExceeded": _NESTED,
    "StepFunctions.ExecutionLimitExceededException": _JAVA_SDK + "stepfunctions.model",
    "StepFunctions.SdkClientException": "com.amazonaws.SdkClientException: no connection to the service",
    "StepFunctions.ServiceUnavailableException": "Step Functions API reference, CommonErrors",
    "StepFunctions.StateMachineDoesNotExistException": _JAVA_SDK + "stepfunctions.model",
    "StepFunctions.ThrottlingException": "Step Functions API reference, CommonErrors",
    "DynamoDB.AmazonDynamoDBException": _JAVA_SDK + "dynamodbv2.model",
    "DynamoDB.ConditionalCheckFailedException": _JAVA_SDK + "dynamodbv2.model",
    "DynamoDB.InternalServerErrorException": _JAVA_SDK + "dynamodbv2.model",
    "DynamoDB.ProvisionedThroughputExceededException": _JAVA_SDK + "dynamodbv2.model",
    "DynamoDB.RequestLimitExceededException": _JAVA_SDK + "dynamodbv2.model",
    "DynamoDB.SdkClientException": "com.amazonaws.SdkClientException: no connection to the service",
    # What a task of the other integration would call it; caught beside, as no recording shows either.
    "DynamoDb.ConditionalCheckFailedException": _JAVA_SDK_2 + "services.dynamodb.model",
    "DynamoDb.DynamoDbException": _JAVA_SDK_2 + "services.dynamodb.model",
    "DynamoDb.InternalServerErrorException": _JAVA_SDK_2 + "services.dynamodb.model",
    "DynamoDb.ProvisionedThroughputExceededException": _JAVA_SDK_2 + "services.dynamodb.model",
    "DynamoDb.RequestLimitExceededException": _JAVA_SDK_2 + "services.dynamodb.model",
    "DynamoDb.SdkClientException": _JAVA_SDK_2 + "core.exception: no connection to the service",
    "SQS.AmazonSQSException": _JAVA_SDK + "sqs.model",
    "SQS.KmsThrottledException": _JAVA_SDK + "sqs.model",
    "SQS.RequestThrottledException": _JAVA_SDK + "sqs.model",
    "SQS.SdkClientException": "com.amazonaws.SdkClientException: no connection to the service",
    "SNS.AmazonSNSException": _JAVA_SDK + "sns.model",
    "SNS.InternalErrorException": _JAVA_SDK + "sns.model",
    "SNS.KMSThrottlingException": _JAVA_SDK + "sns.model",
    "SNS.SdkClientException": "com.amazonaws.SdkClientException: no connection to the service",
    "SNS.ThrottledException": _JAVA_SDK + "sns.model",
}
